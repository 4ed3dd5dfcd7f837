# A mask without a value. Message: mask|is
s/, "is": "SOCK_STREAM"//
