package modernc

import (
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// cVTab is the sqlite3_vtab that SQLite holds.
type cVTab struct {
	base   lib.Tsqlite3_vtab
	handle uint32
}

// vtab is a connected virtual table.
type vtab struct {
	conn *conn
	impl sqlite3.VTab
	sqlite3.Methods
	idxStr string // the last one that Filter got: mostly the same again
}

// enter returns the table at pVTab for a callback on tls.
func enter(tls *libc.TLS, pVTab uintptr) *vtab {
	t := vtabs.Get(at[cVTab](pVTab).handle)
	t.conn.tls = tls
	return t
}

// rescue, deferred by a callback, turns a panic into an error of the virtual table.
func rescue(tls *libc.TLS, pVTab uintptr, rc *int32) {
	if r := recover(); r != nil {
		*rc = fail(tls, pVTab, sqlite3.PanicError(r))
	}
}

func xCreate(tls *libc.TLS, db, pAux uintptr, argc int32, argv, ppVTab, pzErr uintptr) int32 {
	m := modules.Get(uint32(pAux))
	return construct(tls, m, m.impl.Create, argc, argv, ppVTab, pzErr)
}

func xConnect(tls *libc.TLS, db, pAux uintptr, argc int32, argv, ppVTab, pzErr uintptr) int32 {
	m := modules.Get(uint32(pAux))
	return construct(tls, m, m.impl.Connect, argc, argv, ppVTab, pzErr)
}

// construct is xCreate and xConnect.
func construct(tls *libc.TLS, m *module, make func(sqlite3.Conn, []string) (sqlite3.VTab, error),
	argc int32, argv, ppVTab, pzErr uintptr) (rc int32) {
	defer func() {
		if r := recover(); r != nil {
			rc = failTo(tls, pzErr, sqlite3.PanicError(r))
		}
	}()
	c := m.conn
	c.tls = tls
	words := []string{}
	for _, z := range addressesAt(argv, argc) {
		words = append(words, goString(z))
	}
	impl, err := make(c, words)
	if err != nil {
		return failTo(tls, pzErr, err)
	}
	if impl == nil {
		return failTo(tls, pzErr, errNoTable)
	}
	methods, err := sqlite3.MethodsOf(m.impl, impl)
	if err != nil {
		_ = impl.Disconnect()
		return failTo(tls, pzErr, err)
	}
	p := allocZero[cVTab](tls)
	if p == 0 {
		_ = impl.Disconnect()
		return lib.SQLITE_NOMEM
	}
	at[cVTab](p).handle = vtabs.Put(&vtab{conn: c, impl: impl, Methods: methods})
	*at[uintptr](ppVTab) = p
	return lib.SQLITE_OK
}

// free releases the table at pVTab.
func free(tls *libc.TLS, pVTab uintptr) {
	v := at[cVTab](pVTab)
	vtabs.Remove(v.handle)
	lib.Xsqlite3_free(tls, v.base.FzErrMsg)
	lib.Xsqlite3_free(tls, pVTab)
}

// xDisconnect cannot fail: SQLite forgets the table whatever it returns.
func xDisconnect(tls *libc.TLS, pVTab uintptr) (rc int32) {
	t := enter(tls, pVTab)
	defer free(tls, pVTab)
	defer rescue(tls, pVTab, &rc)
	if err := t.impl.Disconnect(); err != nil {
		return code(err)
	}
	return lib.SQLITE_OK
}

// xDestroy keeps the table when it fails: SQLite goes on using it.
func xDestroy(tls *libc.TLS, pVTab uintptr) (rc int32) {
	t := enter(tls, pVTab)
	defer rescue(tls, pVTab, &rc)
	if err := t.impl.Destroy(); err != nil {
		return fail(tls, pVTab, err)
	}
	free(tls, pVTab)
	return lib.SQLITE_OK
}

func xUpdate(tls *libc.TLS, pVTab uintptr, argc int32, argv, pRowid uintptr) (rc int32) {
	t := vtabs.Get(at[cVTab](pVTab).handle)
	f := t.conn.push(tls, argc, argv)
	defer leaveUpdate(t.conn, tls, pVTab, &rc)
	rowid, err := t.Updater.Update(&f.args)
	if err != nil {
		return fail(tls, pVTab, err)
	}
	*at[int64](pRowid) = rowid
	return lib.SQLITE_OK
}

// leaveUpdate is pop and rescue in one deferred call.
func leaveUpdate(c *conn, tls *libc.TLS, pVTab uintptr, rc *int32) {
	c.pop()
	if r := recover(); r != nil {
		*rc = fail(tls, pVTab, sqlite3.PanicError(r))
	}
}

func xBegin(tls *libc.TLS, pVTab uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Transactor.Begin())
}

func xSync(tls *libc.TLS, pVTab uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Transactor.Sync())
}

func xCommit(tls *libc.TLS, pVTab uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Transactor.Commit())
}

func xRollback(tls *libc.TLS, pVTab uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Transactor.Rollback())
}

func xSavepoint(tls *libc.TLS, pVTab uintptr, n int32) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Savepointer.Savepoint(int(n)))
}

func xRelease(tls *libc.TLS, pVTab uintptr, n int32) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Savepointer.Release(int(n)))
}

func xRollbackTo(tls *libc.TLS, pVTab uintptr, n int32) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Savepointer.RollbackTo(int(n)))
}

func xRename(tls *libc.TLS, pVTab, zNew uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	return answer(tls, pVTab, enter(tls, pVTab).Renamer.Rename(goString(zNew)))
}

// answer returns the result code for err, nil or not.
func answer(tls *libc.TLS, pVTab uintptr, err error) int32 {
	if err != nil {
		return fail(tls, pVTab, err)
	}
	return lib.SQLITE_OK
}
