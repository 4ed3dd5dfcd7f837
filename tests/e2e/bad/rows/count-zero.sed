# A count of nothing. Message: line [0-9]+.count: expected a number from 1 up
/"seen"/{s/"count":[0-9]*/"count":0/}
