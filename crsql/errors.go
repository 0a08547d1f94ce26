package crsql

import "errors"

// ErrVersion is the error of a file that cr-sqlite before 0.15 wrote.
var ErrVersion = errors.New("crsql: the file was made by a version of cr-sqlite before 0.15, which is not supported")
