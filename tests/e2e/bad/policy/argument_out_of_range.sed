# A seventh argument. Message: arg6
s/"domain"/"arg6"/
