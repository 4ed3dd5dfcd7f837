# A default that is no action. Message: default
s/"default": "kill"/"default": 5/
