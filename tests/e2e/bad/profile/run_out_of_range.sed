# A run that is not in the list. Message: runs
s/"runs": {"0"/"runs": {"7"/
