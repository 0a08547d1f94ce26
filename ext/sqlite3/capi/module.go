//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"fmt"
	"sync"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// module is a registered virtual table module; its handle is SQLite's pAux.
type module struct {
	conn *conn
	impl *sqlite3.Module
}

// moduleStructs guards the C side's sqlite3_modules, one per set of methods.
var moduleStructs sync.Mutex

// CreateModule implements sqlite3.Conn.
func (c *conn) CreateModule(name string, m *sqlite3.Module) error {
	z, err := cText(name)
	if err != nil {
		return err
	}
	if m == nil {
		return c.err(C.mv_create_module(c.db, z, 0, 0))
	}
	if m.Connect == nil {
		return fmt.Errorf("capi: module %s has no Connect", name)
	}
	var methods C.uint
	for _, o := range []struct {
		has  bool
		flag C.uint
	}{{m.Create != nil, C.MV_CREATE}, {m.Writable, C.MV_WRITABLE}, {m.Transactions, C.MV_TRANSACTIONS}, {m.Renames, C.MV_RENAMES}} {
		if o.has {
			methods |= o.flag
		}
	}
	moduleStructs.Lock()
	C.mv_module(methods)
	moduleStructs.Unlock()
	c.retain()
	h := modules.Put(&module{conn: c, impl: m})
	// SQLite calls the destructor also when this fails.
	return c.err(C.mv_create_module(c.db, z, C.uintptr_t(h), methods))
}

// mvModuleDestroy ends a module: its connection closes, its name was taken over, or it could not be registered.
//
//export mvModuleDestroy
func mvModuleDestroy(h C.uintptr_t) {
	m := modules.Get(uint32(h))
	modules.Remove(uint32(h))
	defer m.conn.release()
	if m.impl.Close == nil {
		return
	}
	defer func() { _ = recover() }() // there is no statement that could report it
	m.impl.Close()
}
