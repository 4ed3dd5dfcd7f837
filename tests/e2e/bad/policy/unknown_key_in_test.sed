# A key of a test that this build does not know. Message: unheard
s/"mask"/"unheard": 1, "mask"/
