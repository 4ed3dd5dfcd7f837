# A fact without a call. Message: syscall
s/"syscall": "[a-z_0-9]*", *//
