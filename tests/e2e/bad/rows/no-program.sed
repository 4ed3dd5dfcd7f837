# A fact without a program. Message: line [0-9]+: a fact needs a program
/"fact","key"/{s/"programs":\[[^]]*\]/"programs":[]/}
