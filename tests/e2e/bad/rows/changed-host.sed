# Another host under the same key. Message: line [0-9]+.key: is not the key of this row
/"row":"run"/{s/"facts":/"host":"evil","facts":/;s/"host":"[^"]*","arch":\(.*\)"host":"evil"/"arch":\1"host":"evil"/}
