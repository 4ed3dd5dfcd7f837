# A list of no values. Message: in|prot
s/\["PROT_NONE", "PROT_READ"\]/[]/
