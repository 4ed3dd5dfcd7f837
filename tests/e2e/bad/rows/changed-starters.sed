# Another starter under the same key. Message: line [0-9]+.key: is not the key of this row
/"row":"program"/{s/,"started_by".*/}/;s/}$/,"started_by":["00000000000000000000000000000000"]}/}
