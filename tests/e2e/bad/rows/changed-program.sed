# Another path under the same key. Message: line [0-9]+.program: is not the key of this row
/"row":"program"/{s/"path":"/"path":"\/evil/}
