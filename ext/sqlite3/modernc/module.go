package modernc

import (
	"fmt"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// module is a registered virtual table module; its handle is SQLite's pAux.
type module struct {
	conn *conn
	impl *sqlite3.Module
}

// methods selects a sqlite3_module: the Go functions are always the same, so there is one per set of methods that a
// module offers, kept for good.
type methods struct{ create, writable, transactions, renames bool }

var moduleStructs = struct {
	sync.Mutex
	m map[methods]uintptr
}{m: map[methods]uintptr{}}

// moduleStruct returns the sqlite3_module for a set of methods, 0 when there is no memory.
//
// xShadowName stays empty: it gets no context that would tell whose module it is asked about, and Module.ShadowName is
// not used.
func moduleStruct(tls *libc.TLS, k methods) uintptr {
	moduleStructs.Lock()
	defer moduleStructs.Unlock()
	if p, ok := moduleStructs.m[k]; ok {
		return p
	}
	p := allocZero[lib.Tsqlite3_module](tls)
	if p == 0 {
		return 0
	}
	m := at[lib.Tsqlite3_module](p)
	m.FiVersion = 2
	m.FxConnect = funcPointer(xConnect)
	m.FxBestIndex = funcPointer(xBestIndex)
	m.FxDisconnect = funcPointer(xDisconnect)
	m.FxOpen = funcPointer(xOpen)
	m.FxClose = funcPointer(xClose)
	m.FxFilter = funcPointer(xFilter)
	m.FxNext = funcPointer(xNext)
	m.FxEof = funcPointer(xEof)
	m.FxColumn = funcPointer(xColumn)
	m.FxRowid = funcPointer(xRowid)
	if k.create {
		m.FxCreate = funcPointer(xCreate)
		m.FxDestroy = funcPointer(xDestroy)
	}
	if k.writable {
		m.FxUpdate = funcPointer(xUpdate)
	}
	if k.transactions {
		m.FxBegin = funcPointer(xBegin)
		m.FxSync = funcPointer(xSync)
		m.FxCommit = funcPointer(xCommit)
		m.FxRollback = funcPointer(xRollback)
		m.FxSavepoint = funcPointer(xSavepoint)
		m.FxRelease = funcPointer(xRelease)
		m.FxRollbackTo = funcPointer(xRollbackTo)
	}
	if k.renames {
		m.FxRename = funcPointer(xRename)
	}
	moduleStructs.m[k] = p
	return p
}

// CreateModule implements sqlite3.Conn.
func (c *conn) CreateModule(name string, m *sqlite3.Module) error {
	z, err := cText(c.tls, name)
	if err != nil {
		return err
	}
	defer lib.Xsqlite3_free(c.tls, z)
	if m == nil {
		return c.err(lib.Xsqlite3_create_module_v2(c.tls, c.db, z, 0, 0, 0))
	}
	if m.Connect == nil {
		return fmt.Errorf("modernc: module %s has no Connect", name)
	}
	p := moduleStruct(c.tls, methods{
		create: m.Create != nil, writable: m.Writable, transactions: m.Transactions, renames: m.Renames,
	})
	if p == 0 {
		return errNoMemory
	}
	c.retain()
	h := modules.Put(&module{conn: c, impl: m})
	// SQLite calls xModuleDestroy also when this fails.
	return c.err(lib.Xsqlite3_create_module_v2(c.tls, c.db, z, p, uintptr(h), funcPointer(xModuleDestroy)))
}

// xModuleDestroy ends a module: its connection closes, its name was taken over, or it could not be registered.
func xModuleDestroy(tls *libc.TLS, pAux uintptr) {
	m := modules.Get(uint32(pAux))
	modules.Remove(uint32(pAux))
	m.conn.tls = tls
	defer m.conn.release()
	if m.impl.Close == nil {
		return
	}
	defer func() { _ = recover() }() // there is no statement that could report it
	m.impl.Close()
}
