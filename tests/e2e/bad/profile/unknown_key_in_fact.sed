# A key of a fact that this build does not know. Message: unheard
s/{"phase"/{"unheard": 1, "phase"/
