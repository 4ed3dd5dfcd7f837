# A key of a rule that this build does not know. Message: unheard
s/{"syscall": "read"/{"unheard": 1, "syscall": "read"/
