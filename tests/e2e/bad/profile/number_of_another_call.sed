# A number that is not that of the name. Message: nr|syscall|getpriority
/getpriority/s/"nr": [0-9]*/"nr": 5/
