# A frame that is nowhere in its module. Message: frames\[3\]: expected \[null\], or \[MODULE
s/\[1, "0x1139"\]/[1]/
