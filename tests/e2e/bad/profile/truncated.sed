# The last lines are missing. Message: line [0-9]+
$d
