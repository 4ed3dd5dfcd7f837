# Many numbers, and another smallest one. Message: the smallest is 1025, but nr is 1024
s/"syscall": "exit_group", "nr": [0-9]*/"syscall": "syscall_0x401..0x500", "nr": 1024, "wide": {"nr": {"bits": 2047, "min": 1025, "max": 1280}}/
