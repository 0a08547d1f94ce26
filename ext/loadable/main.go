//go:build cgo

// Command loadable is the extension as a library that SQLite loads: "make ext" builds it as sqlite_mv.so.
//
//	sqlite> .load ./sqlite_mv
//	sqlite> CREATE VIRTUAL TABLE v USING materialized_view(SELECT region, sum(amount) FROM orders GROUP BY region);
//
// Every connection that writes tables under a view, or reads views as they are at that moment, loads it.
package main

/*
#include <sqlite3ext.h>
*/
import "C"

import (
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/ext"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3/capi"
)

// sqlite3_sqlitemv_init is the entry point that SQLite derives from the file's name: its letters, up to the point.
//
//export sqlite3_sqlitemv_init
func sqlite3_sqlitemv_init(db *C.sqlite3, pzErrMsg **C.char, api *C.sqlite3_api_routines) C.int {
	return C.int(capi.Load(unsafe.Pointer(db), unsafe.Pointer(pzErrMsg), unsafe.Pointer(api), attach))
}

// attach installs the engine and crsql, each unless the connection has it: loaded before, or linked into the program.
func attach(c sqlite3.Conn) error {
	for _, part := range []struct {
		sign   string
		attach func(sqlite3.Conn) error
	}{
		{"mv_version()", ext.Attach},
		{"crsql_internal_sync_bit()", crsql.Attach},
	} {
		if s, _, err := c.Prepare("SELECT "+part.sign, false); err == nil {
			if err := s.Finalize(); err != nil {
				return err
			}
			continue
		}
		if err := part.attach(c); err != nil {
			return err
		}
	}
	return nil
}

func main() {}
