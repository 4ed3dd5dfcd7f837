# A negative system call number. Message: nr
s/"nr": [0-9]*/"nr": -1/
