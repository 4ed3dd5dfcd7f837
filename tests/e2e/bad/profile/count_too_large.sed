# A count of more than 64 bits. Message: 
s/"runs": {"0": [0-9]*/"runs": {"0": 36893488147419103232/
