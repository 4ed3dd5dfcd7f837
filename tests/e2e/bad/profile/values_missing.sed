# Fewer values than arguments. Message: values
/getpriority/s/"values": \[[^]]*\]/"values": []/
