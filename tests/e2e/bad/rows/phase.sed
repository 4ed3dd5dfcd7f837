# A phase that nobody knows. Message: line [0-9]+.phase: "rest" is no phase
/"fact","key"/{s/"phase":"[a-z]*"/"phase":"rest"/}
