# An architecture that does not exist. Message: vax
s/"arch": "[a-z0-9_]*"/"arch": "vax"/
