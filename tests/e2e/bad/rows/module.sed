# A frame in a module that the row does not have. Message: line [0-9]+.frames\[0\]\[0\]: there is no module 77
/"row":"stack"/{s/"frames":\[\[0/"frames":[[77/}
