# An offset that is no number. Message: frames\[3\]\[1\]: expected an offset
s/\[1, "0x1139"\]/[1, "0x11g9"]/
