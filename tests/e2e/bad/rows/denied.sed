# An action that no filter has. Message: line [0-9]+.denied: "scold"
/"row":"run"/{s/}$/,"denied":"scold"}/}
