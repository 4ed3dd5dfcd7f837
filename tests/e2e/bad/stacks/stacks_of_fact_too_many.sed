# A fact with more stacks than are kept. Message: facts\[4\]\.stacks: expected a list of 1 to 4
s/\[3, 4, 6, 7\]/[3, 4, 6, 7, 8]/
