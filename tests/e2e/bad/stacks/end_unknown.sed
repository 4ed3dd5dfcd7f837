# A reason that this build does not know. Message: stacks\[0\]\.end: "dull"
s/"end": "loop"/"end": "dull"/
