# A key of a stack that this build does not know. Message: unheard
s/"frames": \[9, 2\]/"unheard": 1, &/
