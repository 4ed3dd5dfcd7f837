# No version. Message: version
s/"version": 1, *//
