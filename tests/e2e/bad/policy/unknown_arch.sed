# An architecture that does not exist. Message: vax
s/"x86_64"/"vax"/
