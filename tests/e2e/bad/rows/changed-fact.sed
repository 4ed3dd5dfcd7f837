# Another call under the same key. Message: line [0-9]+.call: is not the key of this row
/"fact","key"/{s/"phase":"main"/"phase":"load"/}
