# A line that is no JSON. Message: rows: line 2: is no row: column
2s/.*/garbage/
