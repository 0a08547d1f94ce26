package modernc

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

var (
	errNoMemory = &sqlite3.Error{Code: lib.SQLITE_NOMEM, Message: "out of memory"}
	errNoTable  = errors.New("modernc: the module made no table")
	errBusyBind = &sqlite3.Error{Code: lib.SQLITE_MISUSE, Message: "modernc: bind to a statement that is not reset"}
)

// code returns the result code that a callback returns for err: that of the sqlite3.Error within, otherwise
// SQLITE_ERROR.
func code(err error) int32 {
	var e *sqlite3.Error
	if errors.As(err, &e) {
		switch e.Code & 0xff {
		case lib.SQLITE_OK, lib.SQLITE_ROW, lib.SQLITE_DONE: // would not be an error to SQLite
		default:
			return int32(e.Code)
		}
	}
	return lib.SQLITE_ERROR
}

// failTo stores the message of err where pz says, as sqlite3_mprintf would, and returns its code.
func failTo(tls *libc.TLS, pz uintptr, err error) int32 {
	if pz != 0 {
		z, _ := cString(tls, err.Error())
		*at[uintptr](pz) = z
	}
	return code(err)
}

// fail sets the error message of the virtual table at pVTab to that of err and returns its code.
func fail(tls *libc.TLS, pVTab uintptr, err error) int32 {
	v := at[lib.Tsqlite3_vtab](pVTab)
	if v.FzErrMsg != 0 {
		lib.Xsqlite3_free(tls, v.FzErrMsg)
	}
	v.FzErrMsg, _ = cString(tls, err.Error())
	return code(err)
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
