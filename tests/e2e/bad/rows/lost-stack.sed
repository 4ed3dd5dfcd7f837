# The rows of stacks are missing. Message: line [0-9]+: refers to the stack [0-9a-f]{32}, whose row is missing
/"row":"stack"/d
