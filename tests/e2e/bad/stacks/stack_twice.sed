# Two stacks that are the same. Message: stacks\[3\]: is the same as stacks\[2\]
s/"frames": \[9, 3\]}/"frames": [9, 2]}/
