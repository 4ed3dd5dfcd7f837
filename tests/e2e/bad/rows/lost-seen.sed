# A part of a run is missing. Message: line [0-9]+: run [0-9a-f]+ has [0-9]+ facts, and rows of [0-9]+ are there
0,/"row":"seen"/{/"row":"seen"/d}
