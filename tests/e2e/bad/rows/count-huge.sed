# A count of more than 64 bits. Message: line [0-9]+: is no row: column.*too big
/"seen"/{s/"count":[0-9]*/"count":99999999999999999999999/}
