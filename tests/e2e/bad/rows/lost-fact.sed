# The row of a fact is missing. Message: line [0-9]+: refers to the fact [0-9a-f]{32}, whose row is missing
0,/"row":"fact"/{/"row":"fact"/d}
