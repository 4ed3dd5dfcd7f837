# Only the first line is there. Message: line [0-9]+
2,$d
