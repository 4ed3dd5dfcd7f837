# SQL in place of a key. Message: line [0-9]+.fact: expected a key, 32 hexadecimal digits
/"seen"/{s/"fact":"[^"]*/"fact":"'; DROP TABLE facts; --/}
