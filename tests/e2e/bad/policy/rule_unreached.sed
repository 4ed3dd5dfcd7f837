# A rule after one that always answers. Message: read
s/{"syscall": "read"}/&, &/
