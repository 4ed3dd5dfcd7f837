# A call that does not exist: the nearest name is suggested. Message: getpriority.*getprioriti|getprioriti.*getpriority
s/"getpriority"/"getprioriti"/
