# An action that no filter has. Message: line [0-9]+.denied: "scold" is nothing that a filter does
/"row":"run"/{s/}$/,"denied":"scold"}/}
