# Modules that are no list. Message: modules: expected a list
/"modules": \[$/,$c "modules": 5}
