# Arguments of a number that is no call, as wide. Message: only nr
s/"syscall": "exit_group", "nr": [0-9]*/"syscall": "syscall_0x400", "nr": 1024, "wide": {"arg0": {"bits": 1, "min": 0, "max": 1}}/
