//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// vtab is a connected virtual table.
type vtab struct {
	conn *conn
	impl sqlite3.VTab
	sqlite3.Methods
	idxStr string // the last one that Filter got: mostly the same again
}

func tableOf(v *C.mv_vtab) *vtab { return vtabs.Get(uint32(v.handle)) }

// rescue, deferred by a callback, turns a panic into an error of the virtual table.
func rescue(v *C.sqlite3_vtab, rc *C.int) {
	if r := recover(); r != nil {
		*rc = fail(v, sqlite3.PanicError(r))
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
			rc = failTo(pzErr, sqlite3.PanicError(r))
		}
	}()
	m := modules.Get(uint32(h))
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
	methods, err := sqlite3.MethodsOf(m.impl, impl)
	if err != nil {
		_ = impl.Disconnect()
		return failTo(pzErr, err)
	}
	if t, ok := impl.(sqlite3.Batched); ok {
		if b, ok := t.Batch().(*batch); ok {
			v.batch = b.c
		}
	}
	v.late = flag(m.impl.LateRelease)
	v.handle = C.uint32_t(vtabs.Put(&vtab{conn: m.conn, impl: impl, Methods: methods}))
	return C.SQLITE_OK
}

// mvDisconnect is xDisconnect.
//
//export mvDisconnect
func mvDisconnect(v *C.mv_vtab) (rc C.int) {
	defer rescue(&v.base, &rc)
	defer vtabs.Remove(uint32(v.handle))
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
	vtabs.Remove(uint32(v.handle))
	return C.SQLITE_OK
}

// mvUpdate is xUpdate.
//
//export mvUpdate
func mvUpdate(v *C.mv_vtab, argc C.int, argv **C.sqlite3_value, values *C.mv_value, rowid *C.int64_t) (rc C.int) {
	t := tableOf(v)
	f := t.conn.push(argc, argv, values)
	defer leaveUpdate(t.conn, v, &rc)
	id, err := t.Updater.Update(&f.args)
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
		*rc = fail(&v.base, sqlite3.PanicError(r))
	}
}

// mvTransaction is xBegin, xSync, xCommit, xRollback, xSavepoint, xRelease and xRollbackTo, in this order.
//
//export mvTransaction
func mvTransaction(v *C.mv_vtab, call, n C.int) (rc C.int) {
	defer rescue(&v.base, &rc)
	t := tableOf(v)
	if last := int(v.released) - 1; last >= 0 && call != 1 { // a COMMIT that fails after xSync leaves the transaction open
		v.released = 0
		if call == 4 || call == 6 {
			if err := t.Savepointer.Release(last); err != nil {
				return fail(&v.base, err)
			}
		}
	}
	switch call {
	case 0:
		return answer(v, t.Transactor.Begin())
	case 1:
		return answer(v, t.Transactor.Sync())
	case 2:
		return answer(v, t.Transactor.Commit())
	case 3:
		return answer(v, t.Transactor.Rollback())
	case 4:
		return answer(v, t.Savepointer.Savepoint(int(n)))
	case 5:
		return answer(v, t.Savepointer.Release(int(n)))
	default:
		return answer(v, t.Savepointer.RollbackTo(int(n)))
	}
}

// mvRename is xRename.
//
//export mvRename
func mvRename(v *C.mv_vtab, name *C.char) (rc C.int) {
	defer rescue(&v.base, &rc)
	return answer(v, tableOf(v).Renamer.Rename(C.GoString(name)))
}
