# A value that is neither a number nor a string of one. Message: values
/getpriority/s/"values": \[[^]]*\]/"values": [null]/
