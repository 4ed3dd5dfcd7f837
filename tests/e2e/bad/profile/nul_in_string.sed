# A character that no path has. Message: 
s/"path": "/&\\u0000/
