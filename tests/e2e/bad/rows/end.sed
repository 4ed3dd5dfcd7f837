# An end of a stack that nobody knows. Message: line [0-9]+.end: "tired" is no reason
/"row":"stack"/{s/,"end":"[^"]*"//;s/}$/,"end":"tired"}/}
