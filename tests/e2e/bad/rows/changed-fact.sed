# Another call under the same key. Message: line [0-9]+.call: is not the key of what the row says
/"fact","key"/{s/"phase":"main"/"phase":"load"/}
