# A fact with the same stack twice. Message: facts\[4\]\.stacks\[1\]: contains stack 3 twice
s/\[3, 4, 6, 7\]/[3, 3]/
