# No architecture. Message: arch
s/\["x86_64"\]/[]/
