# A fact with one stack, named and not. Message: facts\[4\]\.stacks\[1\]: contains stack 3 twice, or
s/\[3, 4, 6, 7\]/[2, 3]/
