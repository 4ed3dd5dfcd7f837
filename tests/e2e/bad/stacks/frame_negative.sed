# A position below the first. Message: stacks\[2\]\.frames\[0\]: there is no frame -1
s/"frames": \[9, 2\]/"frames": [-1, 2]/
