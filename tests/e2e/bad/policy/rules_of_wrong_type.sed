# Rules that are no list. Message: rules
s/"rules": \[.*/"rules": 5}/;/^  /d
