# A module that is not in the list. Message: frames\[3\]\[0\]: there is no module 99
s/\[1, "0x1139"\]/[99, "0x1139"]/
