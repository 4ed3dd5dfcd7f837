# An errno that the kernel would cut. Message: errno
s/errno:EPERM/errno:4096/
