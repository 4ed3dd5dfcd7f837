# Two facts without a comma. Message: line [0-9]+
s/},$/}/
