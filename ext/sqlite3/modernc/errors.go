package modernc

import (
	"errors"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

var (
	errNoMemory = &sqlite3.Error{Code: lib.SQLITE_NOMEM, Message: "out of memory"}
	errNoTable  = errors.New("modernc: the module made no table")
	errBusyBind = &sqlite3.Error{Code: lib.SQLITE_MISUSE, Message: "modernc: bind to a statement that is not reset"}
)

// code is sqlite3.ResultCode.
func code(err error) int32 { return int32(sqlite3.ResultCode(err)) }

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
