//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
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

// code returns the result code that a callback returns for err: that of the sqlite3.Error within, otherwise
// SQLITE_ERROR.
func code(err error) C.int {
	var e *sqlite3.Error
	if errors.As(err, &e) {
		switch e.Code & 0xff {
		case C.SQLITE_OK, C.SQLITE_ROW, C.SQLITE_DONE: // would not be an error to SQLite
		default:
			return C.int(e.Code)
		}
	}
	return C.SQLITE_ERROR
}

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

// panicError is the error that a statement gets when a callback panicked with r. To be called from the deferred function
// that recovered, so that the place of the panic is still on the stack.
func panicError(r any) error {
	return fmt.Errorf("sqlite-mv: internal error: %v%s", r, panicPlace())
}

// panicPlace returns " (package/file.go:line)" of the innermost function of this panic that is not the runtime's.
func panicPlace() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicking := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !inRuntime:
			return fmt.Sprintf(" (%s/%s:%d)", path.Base(path.Dir(f.File)), path.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}
