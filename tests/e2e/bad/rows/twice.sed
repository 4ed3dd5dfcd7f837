# A key that stands there twice. Message: line 1: is no row: column.*duplicate
1s/}$/,"row":"seen"}/
