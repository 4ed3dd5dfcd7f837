# Something follows the end. Message: line [0-9]+
$s/$/ and more/
