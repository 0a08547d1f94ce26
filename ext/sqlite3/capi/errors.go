//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

var (
	errNoMemory = &sqlite3.Error{Code: C.SQLITE_NOMEM, Message: "out of memory"}
	errNoTable  = errors.New("capi: the module made no table")
	errBusyBind = &sqlite3.Error{Code: C.SQLITE_MISUSE, Message: "capi: bind to a statement that is not reset"}
	errRange    = &sqlite3.Error{Code: C.SQLITE_RANGE, Message: "column index out of range"}
	errTooBig   = &sqlite3.Error{Code: C.SQLITE_TOOBIG, Message: "string or blob too big"}
)

// code is sqlite3.ResultCode.
func code(err error) C.int { return C.int(sqlite3.ResultCode(err)) }

// failTo stores the message of err where pz says, as sqlite3_mprintf would, and returns its code.
func failTo(pz **C.char, err error) C.int {
	if pz != nil {
		*pz = message(err)
	}
	return code(err)
}

// fail sets the error message of a virtual table to that of err and returns its code.
func fail(v *C.sqlite3_vtab, err error) C.int {
	C.mv_free(unsafe.Pointer(v.zErrMsg))
	v.zErrMsg = message(err)
	return code(err)
}

// message returns err's text for SQLite to free, nil when there is no memory.
func message(err error) *C.char {
	b := []byte(err.Error() + "\x00")
	return C.mv_message((*C.char)(unsafe.Pointer(&b[0])), C.int(len(b)-1))
}
