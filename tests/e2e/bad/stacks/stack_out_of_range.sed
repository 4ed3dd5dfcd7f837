# A stack that is not in the list. Message: facts\[4\]\.stacks\[0\]: there is no stack 99
s/\[3, 4, 6, 7\]/[99]/
