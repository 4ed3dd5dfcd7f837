# A call that does not exist: the nearest name is suggested. Message: getprioriti.*getpriority
s/"getpriority"/"getprioriti"/
