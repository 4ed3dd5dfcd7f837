# A version that is no number. Message: version
s/"version": 1/"version": "1"/
