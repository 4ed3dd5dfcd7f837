# Started by a program that is not in the list. Message: programs\[0\]\.started_by\[1\]: there is no such program
s/"build_id": "00ff"}/"build_id": "00ff", "started_by": [0, 1]}/
