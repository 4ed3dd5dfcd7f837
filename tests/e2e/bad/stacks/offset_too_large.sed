# An offset of more than 64 bits. Message: frames\[3\]\[1\]: expected an offset
s/\[1, "0x1139"\]/[1, "0x11390000000000000"]/
