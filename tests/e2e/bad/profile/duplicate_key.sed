# A key that stands twice. Message: version
s/"version": 1/"version": 1, "version": 1/
