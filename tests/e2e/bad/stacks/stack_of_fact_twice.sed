# A fact with the same stack twice. Message: facts\[4\]\.stacks\[1\]: stack 3 stands there twice
s/\[3, 4, 6, 7\]/[3, 3]/
