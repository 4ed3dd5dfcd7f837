# No run is there. Message: rows: has no row of a run
/"row":"run"/d
