# The rows of programs are missing. Message: line [0-9]+: refers to the program [0-9a-f]{32}, whose row is missing
/"row":"program"/d
