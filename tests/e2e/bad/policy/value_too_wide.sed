# A value of more bits than the argument has. Message: protocol
s/"protocol": 6/"protocol": "0x100000006"/
