# A time before the run. Message: line [0-9]+.first: expected a number from 1 up
/"seen"/{s/,"first":[0-9]*//;s/}$/,"first":0}/}
