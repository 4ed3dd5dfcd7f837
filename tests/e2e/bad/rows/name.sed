# A number that is another call. Message: line [0-9]+: x86_64 number [0-9]+ is [a-z0-9_]+, not reboot
/"fact","key"/{s/"syscall":"[a-z0-9_]*"/"syscall":"reboot"/}
