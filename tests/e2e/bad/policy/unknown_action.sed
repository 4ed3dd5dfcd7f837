# An action that does not exist. Message: kil
s/"default": "kill"/"default": "kil"/
