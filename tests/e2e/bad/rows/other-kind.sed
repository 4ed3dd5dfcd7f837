# A kind of a newer version. Message: line 1.row: "machine" is no row of this pinhole
1s/"row":"[a-z]*"/"row":"machine"/
