# A finished run has no such key. Message: runs\[0\].unfinished
s/"mode": "quiet"/"mode": "quiet", "unfinished": false/
