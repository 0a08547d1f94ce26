// Package modernc implements the interfaces of ext/sqlite3 over modernc.org/sqlite/lib, SQLite translated to Go.
//
// SQLite calls the Go functions x… of this package with addresses of C memory. No Go pointer is ever kept in C memory:
// a sqlite3_vtab, a cursor, a module and a function carry a small integer, which a lock-free table turns into the Go
// object. The fast paths read sqlite3_value as the struct that it is in this version of the library; a test compares
// them with the functions of the C API.
package modernc

import (
	"fmt"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Binding is the binding to the SQLite that the "sqlite" driver of modernc.org/sqlite uses; its connections, and those
// opened by any other use of modernc.org/sqlite/lib in this process, get the entries.
var Binding sqlite3.Binding = binding{}

type binding struct{}

var entries struct {
	sync.Mutex
	registered bool
	list       []func(sqlite3.Conn) error
}

// AutoExtension implements sqlite3.Binding. Entries run in the order of their registration.
func (binding) AutoExtension(entry func(c sqlite3.Conn) error) error {
	entries.Lock()
	defer entries.Unlock()
	if !entries.registered {
		tls := libc.NewTLS()
		defer tls.Close()
		if rc := lib.Xsqlite3_auto_extension(tls, funcPointer(xEntry)); rc != lib.SQLITE_OK {
			return fmt.Errorf("modernc: sqlite3_auto_extension: %w", &sqlite3.Error{Code: int(rc), Message: goString(lib.Xsqlite3_errstr(tls, rc))})
		}
		entries.registered = true
	}
	entries.list = append(entries.list, entry)
	return nil
}

// xEntry is the extension's entry point: SQLite calls it for each connection that it opens.
func xEntry(tls *libc.TLS, db, pzErrMsg, api uintptr) (rc int32) {
	entries.Lock()
	list := entries.list[:len(entries.list):len(entries.list)]
	entries.Unlock()

	c := &conn{db: db, tls: tls, refs: 1}
	defer c.release()
	defer func() {
		if r := recover(); r != nil {
			rc = failTo(tls, pzErrMsg, sqlite3.PanicError(r))
		}
	}()
	for _, entry := range list {
		if err := entry(c); err != nil {
			return failTo(tls, pzErrMsg, err)
		}
	}
	return lib.SQLITE_OK
}
