# Runs that are no list. Message: runs
s/"runs": *\[/"runs": 5, "programs": [/
