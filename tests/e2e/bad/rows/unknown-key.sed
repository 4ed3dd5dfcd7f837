# A key of a newer version. Message: line 1.colour: unknown key
1s/}$/,"colour":1}/
