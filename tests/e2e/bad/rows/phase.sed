# A phase that nobody knows. Message: line [0-9]+.phase: "rest" is not a phase
/"fact","key"/{s/"phase":"[a-z]*"/"phase":"rest"/}
