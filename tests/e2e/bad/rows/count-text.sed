# A count that is a text. Message: line [0-9]+.count: expected a whole number, found a string
/"seen"/{s/"count":[0-9]*/"count":"many"/}
