# Many numbers whose name has others. Message: numbers from 1024 to 1280 are syscall_0x400..0x500
s/"syscall": "exit_group", "nr": [0-9]*/"syscall": "syscall_0x400..0x501", "nr": 1024, "wide": {"nr": {"bits": 2047, "min": 1024, "max": 1280}}/
