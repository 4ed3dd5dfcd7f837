# Two frames that are the same. Message: frames\[3\]: is the same as frames\[1\]
s/\[1, "0x1139"\]/[1, "0x1139", "main+0x19"]/
