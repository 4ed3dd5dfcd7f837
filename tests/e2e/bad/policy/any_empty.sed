# A list of no alternatives. Message: any
s/"any": \[{"prot.*\]}}\]/"any": []/
