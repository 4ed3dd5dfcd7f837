# A row of no kind. Message: line 1: the key "row" is missing
1s/"row":"[a-z]*",//
