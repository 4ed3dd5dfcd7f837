# A run whose position is no number. Message: runs
s/"runs": {"0"/"runs": {"first"/
