# A newer version than this build reads. Message: version
s/"version": 1/"version": 2/
