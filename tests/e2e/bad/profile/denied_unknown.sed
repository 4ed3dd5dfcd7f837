# Denied in a way that no filter knows. Message: runs\[0\].denied.*kill
s/"mode": "quiet"/"mode": "audit", "denied": "forgiven"/
