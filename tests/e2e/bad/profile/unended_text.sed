# Not ended is true, or not there. Message: facts\[0\].unended
s/\("nr": [0-9]*\)/\1, "unended": "yes"/
