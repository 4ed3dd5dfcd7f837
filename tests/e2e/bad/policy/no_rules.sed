# No rules at all. Message: rules
/"rules"/,$d
