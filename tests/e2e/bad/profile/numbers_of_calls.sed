# Many numbers, of which some are calls. Message: wide.nr: expected numbers from 1024
s/"syscall": "exit_group", "nr": [0-9]*/"syscall": "syscall_0x3ff..0x500", "nr": 1023, "wide": {"nr": {"bits": 2047, "min": 1023, "max": 1280}}/
