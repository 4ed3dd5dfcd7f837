# A fact with one stack, named and not. Message: facts\[4\]\.stacks\[1\]: stack 3 stands there twice, or
s/\[3, 4, 6, 7\]/[2, 3]/
