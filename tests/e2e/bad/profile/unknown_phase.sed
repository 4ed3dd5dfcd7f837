# A phase that does not exist. Message: maim
s/"phase": "main"/"phase": "maim"/
