# A run without an identity. Message: id
s/"id": "[0-9a-f]*"/"id": ""/
