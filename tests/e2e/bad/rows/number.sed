# A number where an object belongs. Message: line 1: is no row
1s/.*/7/
