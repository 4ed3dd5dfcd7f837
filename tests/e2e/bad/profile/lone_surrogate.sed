# Half a character. Message: 
s/"path": "/&\\ud800/
