# A place in a symbol without a name. Message: frames\[1\]\[2\]: expected a name and an offset
s/"main+0x19"/"+0x19"/
