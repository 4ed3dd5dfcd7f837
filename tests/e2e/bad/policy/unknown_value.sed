# A value that does not exist: the nearest name is suggested. Message: AF_INTE.*AF_INET
s/AF_INET/AF_INTE/
