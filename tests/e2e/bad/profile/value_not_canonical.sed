# A value wider than the argument. Message: values
/getpriority/s/"values": \[[^]]*\]/"values": [4294967296]/
