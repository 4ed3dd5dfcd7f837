# No format. Message: format
s/"format": "pinhole-profile", *//
