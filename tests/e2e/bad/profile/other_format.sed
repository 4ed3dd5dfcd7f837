# Another tool's format. Message: format
s/pinhole-profile/another-profile/
