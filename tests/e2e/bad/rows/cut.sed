# The last line ends in its middle. Message: rows: line [0-9]+: is no row: column
$s/,"command".*//
