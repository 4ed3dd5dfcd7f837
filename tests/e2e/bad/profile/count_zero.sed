# A fact that was seen no times. Message: runs
s/"runs": {"0": [0-9]*/"runs": {"0": 0/
