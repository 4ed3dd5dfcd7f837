# A list where an object belongs. Message: line 1: expected an object
1s/.*/[1,2]/
