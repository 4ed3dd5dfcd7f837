# A stack without frames. Message: stacks\[2\]\.frames: expected 1 to 256 frames, found 0
s/"frames": \[9, 2\]/"frames": []/
