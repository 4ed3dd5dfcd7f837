# Bytes that are not UTF-8. Message: line [0-9]+|UTF-8
s/"getpriority"/"getprior\xff\xfe"/
