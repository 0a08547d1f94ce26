//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// vtab is a connected virtual table.
type vtab struct {
	conn        *conn
	impl        sqlite3.VTab
	updater     sqlite3.Updater
	transactor  sqlite3.Transactor
	savepointer sqlite3.Savepointer
	renamer     sqlite3.Renamer
	idxStr      string // the last one that Filter got: mostly the same again
}

func tableOf(v *C.mv_vtab) *vtab { return vtabs.get(uint32(v.handle)) }

// rescue, deferred by a callback, turns a panic into an error of the virtual table.
func rescue(v *C.sqlite3_vtab, rc *C.int) {
	if r := recover(); r != nil {
		*rc = fail(v, panicError(r))
	}
}

// answer returns the result code for err, nil or not.
func answer(v *C.mv_vtab, err error) C.int {
	if err != nil {
		return fail(&v.base, err)
	}
	return C.SQLITE_OK
}

// mvConstruct is xCreate and xConnect.
//
//export mvConstruct
func mvConstruct(h C.uintptr_t, create C.int, argc C.int, argv **C.char, v *C.mv_vtab, pzErr **C.char) (rc C.int) {
	defer func() {
		if r := recover(); r != nil {
			rc = failTo(pzErr, panicError(r))
		}
	}()
	m := modules.get(uint32(h))
	make := m.impl.Connect
	if create != 0 {
		make = m.impl.Create
	}
	words := []string{}
	for _, z := range unsafe.Slice(argv, int(argc)) {
		words = append(words, C.GoString(z))
	}
	impl, err := make(m.conn, words)
	if err != nil {
		return failTo(pzErr, err)
	}
	if impl == nil {
		return failTo(pzErr, errNoTable)
	}
	t := &vtab{conn: m.conn, impl: impl}
	if err := t.resolve(m.impl); err != nil {
		_ = impl.Disconnect()
		return failTo(pzErr, err)
	}
	v.handle = C.uint32_t(vtabs.put(t))
	return C.SQLITE_OK
}

// resolve finds the optional interfaces that the module promised.
func (t *vtab) resolve(m *sqlite3.Module) error {
	ok := true
	if m.Writable {
		t.updater, ok = t.impl.(sqlite3.Updater)
	}
	if m.Transactions && ok {
		if t.transactor, ok = t.impl.(sqlite3.Transactor); ok {
			t.savepointer, ok = t.impl.(sqlite3.Savepointer)
		}
	}
	if m.Renames && ok {
		t.renamer, ok = t.impl.(sqlite3.Renamer)
	}
	if !ok {
		return fmt.Errorf("capi: virtual table %T lacks a method that its module promises", t.impl)
	}
	return nil
}

// mvDisconnect is xDisconnect.
//
//export mvDisconnect
func mvDisconnect(v *C.mv_vtab) (rc C.int) {
	defer rescue(&v.base, &rc)
	defer vtabs.remove(uint32(v.handle))
	if err := tableOf(v).impl.Disconnect(); err != nil {
		return code(err)
	}
	return C.SQLITE_OK
}

// mvDestroy is xDestroy.
//
//export mvDestroy
func mvDestroy(v *C.mv_vtab) (rc C.int) {
	defer rescue(&v.base, &rc)
	if err := tableOf(v).impl.Destroy(); err != nil {
		return fail(&v.base, err)
	}
	vtabs.remove(uint32(v.handle))
	return C.SQLITE_OK
}

// mvUpdate is xUpdate.
//
//export mvUpdate
func mvUpdate(v *C.mv_vtab, argc C.int, argv **C.sqlite3_value, values *C.mv_value, rowid *C.int64_t) (rc C.int) {
	t := tableOf(v)
	f := t.conn.push(argc, argv, values)
	defer leaveUpdate(t.conn, v, &rc)
	id, err := t.updater.Update(&f.args)
	if err != nil {
		return fail(&v.base, err)
	}
	*rowid = C.int64_t(id)
	return C.SQLITE_OK
}

// leaveUpdate is pop and rescue in one deferred call.
func leaveUpdate(c *conn, v *C.mv_vtab, rc *C.int) {
	c.pop()
	if r := recover(); r != nil {
		*rc = fail(&v.base, panicError(r))
	}
}

// mvTransaction is xBegin, xSync, xCommit, xRollback, xSavepoint, xRelease and xRollbackTo, in this order.
//
//export mvTransaction
func mvTransaction(v *C.mv_vtab, call, n C.int) (rc C.int) {
	defer rescue(&v.base, &rc)
	t := tableOf(v)
	switch call {
	case 0:
		return answer(v, t.transactor.Begin())
	case 1:
		return answer(v, t.transactor.Sync())
	case 2:
		return answer(v, t.transactor.Commit())
	case 3:
		return answer(v, t.transactor.Rollback())
	case 4:
		return answer(v, t.savepointer.Savepoint(int(n)))
	case 5:
		return answer(v, t.savepointer.Release(int(n)))
	default:
		return answer(v, t.savepointer.RollbackTo(int(n)))
	}
}

// mvRename is xRename.
//
//export mvRename
func mvRename(v *C.mv_vtab, name *C.char) (rc C.int) {
	defer rescue(&v.base, &rc)
	return answer(v, tableOf(v).renamer.Rename(C.GoString(name)))
}
