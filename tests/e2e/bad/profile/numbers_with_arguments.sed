# Many numbers that have an argument. Message: wide.nr: expected numbers
s/"syscall": "exit_group", "nr": [0-9]*/"syscall": "syscall_0x400..0x500", "nr": 1024, "wide": {"nr": {"bits": 2047, "min": 1024, "max": 1280}, "arg0": {"bits": 1, "min": 0, "max": 1}}/
