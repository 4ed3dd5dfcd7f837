# A call that does not exist: the nearest name is suggested. Message: mkdirta.*mkdirat
s/"mkdirat"/"mkdirta"/
