# A fact that was seen less than no times. Message: runs
s/"runs": {"0": [0-9]*/"runs": {"0": -5/
