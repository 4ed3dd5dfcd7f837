# A symbol, and nobody knows how far in it. Message: frames\[1\]\[2\]: expected a name and an offset
s/"main+0x19"/"main"/
