# The last line is missing. Message: line [0-9]+
$d
