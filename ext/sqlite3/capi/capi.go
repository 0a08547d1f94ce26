//go:build cgo

// Package capi implements the interfaces of ext/sqlite3 over SQLite's C API through cgo. It calls SQLite through the
// pointer that SQLite hands to the entry points of extensions, so that the same code serves a loadable library and the
// SQLite that is linked into the program.
//
// SQLite calls C functions of this package, which decode the arguments and then call Go, once. No Go pointer is ever kept
// in C memory: a table, a cursor, a module and a function carry a small integer, which a lock-free table turns into the
// Go object.
package capi

/*
#cgo CFLAGS: -O2 -std=gnu11
#include "shim.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Linked is the binding to the SQLite that is linked into the program, by whatever package: all its connections get the
// entries.
var Linked sqlite3.Binding = linked{}

type linked struct{}

var entries struct {
	sync.Mutex
	registered bool
	list       []func(sqlite3.Conn) error
}

// AutoExtension implements sqlite3.Binding. Entries run in the order of their registration.
func (linked) AutoExtension(entry func(c sqlite3.Conn) error) error {
	entries.Lock()
	defer entries.Unlock()
	if !entries.registered {
		switch rc := C.mv_auto_extension(); rc {
		case C.SQLITE_OK:
		case -1:
			return errors.New("capi: no SQLite is linked into this program")
		default:
			return fmt.Errorf("capi: sqlite3_auto_extension: error %d", int(rc))
		}
		entries.registered = true
	}
	entries.list = append(entries.list, entry)
	return nil
}

// mvEntry is called for each connection that the linked SQLite opens.
//
//export mvEntry
func mvEntry(db *C.sqlite3, pzErr **C.char, api unsafe.Pointer) C.int {
	entries.Lock()
	list := entries.list[:len(entries.list):len(entries.list)]
	entries.Unlock()
	return attach(db, pzErr, api, list...)
}

// Load runs entry on a connection that loads the extension. The arguments and the result are those of an extension's
// entry point: a sqlite3*, a char** for the message, and a const sqlite3_api_routines*.
func Load(db, pzErrMsg, api unsafe.Pointer, entry func(c sqlite3.Conn) error) int {
	rc := attach((*C.sqlite3)(db), (**C.char)(pzErrMsg), api, entry)
	if rc == C.SQLITE_OK {
		rc = C.SQLITE_OK_LOAD_PERMANENTLY
	}
	return int(rc)
}

// initialised guards the API pointer, which is set by the first connection.
var initialised sync.Mutex

// routines are the functions of an SQLite.
type routines = C.sqlite3_api_routines

// initialise takes the functions of the SQLite that calls. What it returns, unless nil, is a message that this SQLite's
// sqlite3_free frees, or "".
func initialise(api *routines) *C.char {
	initialised.Lock()
	defer initialised.Unlock()
	return C.mv_init(api)
}

// loaded returns the functions in use, nil before the first connection.
func loaded() *routines { return C.mv_loaded() }

// attach runs the entries on a connection.
func attach(db *C.sqlite3, pzErr **C.char, api unsafe.Pointer, list ...func(sqlite3.Conn) error) (rc C.int) {
	if C.mv_probing() != 0 {
		return C.SQLITE_OK // initialise is running below
	}
	if z := initialise((*routines)(api)); z != nil {
		// A message that this SQLite's sqlite3_free frees; "" is ours, where there was no API to make one with.
		if *z != 0 && pzErr != nil {
			*pzErr = z
		}
		return C.SQLITE_ERROR
	}
	c := newConn(db)
	defer c.release()
	defer func() {
		if r := recover(); r != nil {
			rc = failTo(pzErr, sqlite3.PanicError(r))
		}
	}()
	for _, entry := range list {
		if err := entry(c); err != nil {
			return failTo(pzErr, err)
		}
	}
	return C.SQLITE_OK
}
