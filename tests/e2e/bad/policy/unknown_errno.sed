# An errno that does not exist. Message: ENOSUCH
s/errno:EPERM/errno:ENOSUCH/
