# A count that is not whole. Message: line [0-9]+.count: expected a whole number, found a real number
/"seen"/{s/"count":[0-9]*/"count":1e3/}
