# An argument that the call does not have. Message: domian
s/"domain"/"domian"/
