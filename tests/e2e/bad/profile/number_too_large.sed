# A system call number of 64 bits. Message: nr
s/"nr": [0-9]*/"nr": 4294967296/
