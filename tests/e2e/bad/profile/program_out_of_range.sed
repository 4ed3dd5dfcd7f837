# A program that is not in the list. Message: programs
s/"programs": \[0\]/"programs": [99]/
