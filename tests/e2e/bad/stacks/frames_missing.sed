# Stacks of frames that are not there. Message: stacks\[0\]\.frames\[0\]: there is no frame 0
/"frames": \[$/,/^ \],/d
