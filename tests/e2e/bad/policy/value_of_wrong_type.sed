# A value that is no value. Message: protocol
s/"protocol": 6/"protocol": null/
