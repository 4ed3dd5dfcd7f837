# A command that is no list. Message: command
s/"command": \[[^]]*\]/"command": "ls"/
