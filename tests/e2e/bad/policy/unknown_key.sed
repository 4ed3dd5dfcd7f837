# A key that this build does not know. Message: unheard
s/"format"/"unheard": 1, "format"/
