# A build ID that is a number. Message: modules\[1\]\.build_id: expected a string
/"modules"/,$s/"build_id": "00ff"/"build_id": 255/
