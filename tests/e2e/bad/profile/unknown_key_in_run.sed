# A key of a run that this build does not know. Message: unheard
s/{"id"/{"unheard": 1, "id"/
