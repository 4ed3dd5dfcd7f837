# A key of a module that this build does not know. Message: unheard
/"modules"/,$s/{"path": "\[vdso\]"/{"unheard": 1, "path": "[vdso]"/
