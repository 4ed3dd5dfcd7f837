# Alternatives that are no list. Message: any
s/"any": \[{"prot.*\]}}\]/"any": 5/
