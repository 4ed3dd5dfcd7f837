# A frame that is not in the list. Message: stacks\[2\]\.frames\[1\]: there is no frame 4294967298
s/"frames": \[9, 2\]/"frames": [9, 4294967298]/
