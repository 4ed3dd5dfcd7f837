# An end of a stack that nobody knows. Message: line [0-9]+.end: "tired"
/"row":"stack"/{s/,"end":"[^"]*"//;s/}$/,"end":"tired"}/}
