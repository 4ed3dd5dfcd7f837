# Another address under the same key. Message: line [0-9]+.key: is not the key of this row
/"row":"stack"/{s/"0x/"0x1/}
