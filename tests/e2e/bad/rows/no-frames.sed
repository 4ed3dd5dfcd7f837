# A stack without frames. Message: line [0-9]+.frames: expected 1 to 256 frames, found 0
/"row":"stack"/{s/"frames":.*,"modules"/"frames":[],"modules"/}
