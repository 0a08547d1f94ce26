package sqlite3

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
)

// ResultCode returns the result code that a callback returns for err: that of the Error within, otherwise SQLITE_ERROR.
func ResultCode(err error) int {
	var e *Error
	if errors.As(err, &e) {
		switch e.Code & 0xff {
		case codeOK, codeRow, codeDone: // would not be an error to SQLite
		default:
			return e.Code
		}
	}
	return CodeError
}

// PanicError is the error that a statement gets when a callback panicked with r. To be called from the deferred function
// that recovered, so that the place of the panic is still on the stack.
func PanicError(r any) error {
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
