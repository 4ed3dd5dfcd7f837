# A test of an address. Message: pathname|pointer
s/"action": "errno:EPERM"/"any": [{"pathname": 0}]/
