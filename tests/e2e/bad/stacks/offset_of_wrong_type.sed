# An offset that is no string. Message: frames\[3\]\[1\]: expected an offset
s/\[1, "0x1139"\]/[1, 4409]/
