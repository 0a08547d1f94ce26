package main

import (
	"database/sql"
	"reflect"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// interrupter returns a function that interrupts whatever runs on the connection, and may be called at any time from any
// goroutine until the connection is closed. The driver heeds a context up to a query's first row only; a step after it
// may take as long. It does not offer sqlite3_interrupt, so this looks for the handle inside its connection; where there
// is none the function does nothing.
func interrupter(conn *sql.Conn) func() {
	var handle uintptr
	err := conn.Raw(func(c any) error {
		if own, ok := c.(*modernc.Conn); ok {
			if db := reflect.Indirect(reflect.ValueOf(own.Unwrap())).FieldByName("db"); db.IsValid() && db.CanUint() {
				handle = uintptr(db.Uint())
			}
		}
		return nil
	})
	if err != nil || handle == 0 {
		return func() {}
	}
	return func() {
		tls := libc.NewTLS()
		defer tls.Close()
		lib.Xsqlite3_interrupt(tls, handle)
	}
}
