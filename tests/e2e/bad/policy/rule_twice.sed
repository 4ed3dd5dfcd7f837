# Two rules for one call. Message: read
s/{"syscall": "read"}/&, &/
