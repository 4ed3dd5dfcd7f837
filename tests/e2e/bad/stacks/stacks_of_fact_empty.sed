# A fact with an empty list of stacks. Message: facts\[4\]\.stacks: expected a list of 1 to 4
s/\[3, 4, 6, 7\]/[]/
