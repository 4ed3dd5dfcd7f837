# Another end under the same key. Message: line [0-9]+.key: is not the key of this row
/"fact","key"/{s/"programs":/"failed":["EPERM","E2BIG"],"programs":/;s/"failed":\["ENOENT"\],"failed"/"failed"/}
