# Another command under the same key. Message: line [0-9]+.key: is not the key of this row
/"row":"run"/{s/"command":\[/"command":["rm",/}
