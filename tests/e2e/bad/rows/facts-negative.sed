# A run of fewer than no facts. Message: line [0-9]+.facts: expected a number from 0 up
/"row":"run"/{s/"facts":[0-9]*/"facts":-1/}
