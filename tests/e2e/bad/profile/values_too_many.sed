# More values than arguments. Message: values
/getpriority/s/"values": \[/&1, /
