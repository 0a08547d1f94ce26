//go:build cgo

package capi

/*
#include "memorydb.h"
*/
import "C"

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// WithMemory implements sqlite3.MemoryOpener.
func (c *conn) WithMemory(use func(sqlite3.Conn) error) (err error) {
	var db *C.sqlite3
	rc := C.mv_open_memory(&db)
	if db == nil {
		return &sqlite3.Error{Code: int(rc), Message: "out of memory"}
	}
	m := newConn(db)
	defer func() {
		if rc := C.mv_close_memory(db); rc != C.SQLITE_OK {
			if err == nil {
				err = m.err(rc)
			}
			C.mv_abandon_memory(db)
		}
		m.release()
	}()
	if err := m.err(rc); err != nil {
		return err
	}
	return use(m)
}
