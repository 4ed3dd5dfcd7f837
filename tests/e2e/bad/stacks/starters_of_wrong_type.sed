# One position instead of a list. Message: programs\[0\]\.started_by: expected
s/"build_id": "00ff"}/"build_id": "00ff", "started_by": 0}/
