package modernc

import (
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// cCursor is the sqlite3_vtab_cursor that SQLite holds.
type cCursor struct {
	base   lib.Tsqlite3_vtab_cursor
	handle uint32
	eof    int32 // asked of the Go cursor right after Filter and Next, where an error can still be reported
}

// cursor is an open cursor. SQLite never calls a cursor from within a call of it, so that it needs no frames.
type cursor struct {
	vtab   *vtab
	impl   sqlite3.Cursor
	args   args
	result result
}

func xOpen(tls *libc.TLS, pVTab, ppCursor uintptr) (rc int32) {
	defer rescue(tls, pVTab, &rc)
	t := enter(tls, pVTab)
	impl, err := t.impl.Open()
	if err != nil {
		return fail(tls, pVTab, err)
	}
	p := allocZero[cCursor](tls)
	if p == 0 {
		_ = impl.Close()
		return lib.SQLITE_NOMEM
	}
	*at[cCursor](p) = cCursor{
		eof:    1,
		handle: cursors.Put(&cursor{vtab: t, impl: impl, result: result{conn: t.conn}}),
	}
	*at[uintptr](ppCursor) = p
	return lib.SQLITE_OK
}

// xClose cannot fail: SQLite forgets the cursor whatever it returns.
func xClose(tls *libc.TLS, pCursor uintptr) (rc int32) {
	c := at[cCursor](pCursor)
	k := cursors.Get(c.handle)
	k.vtab.conn.tls = tls
	defer func(h uint32) {
		cursors.Remove(h)
		lib.Xsqlite3_free(tls, pCursor)
	}(c.handle)
	defer rescue(tls, c.base.FpVtab, &rc)
	return answer(tls, c.base.FpVtab, k.impl.Close())
}

func xFilter(tls *libc.TLS, pCursor uintptr, idxNum int32, idxStr uintptr, argc int32, argv uintptr) (rc int32) {
	c := at[cCursor](pCursor)
	k := cursors.Get(c.handle)
	k.vtab.conn.tls = tls
	k.args.tls, k.args.values = tls, addressesAt(argv, argc)
	defer leaveFilter(tls, c, k, &rc)
	if err := k.impl.Filter(int(idxNum), k.vtab.indexString(idxStr), &k.args); err != nil {
		return fail(tls, c.base.FpVtab, err)
	}
	c.eof = flag[int32](k.impl.EOF())
	return lib.SQLITE_OK
}

func leaveFilter(tls *libc.TLS, c *cCursor, k *cursor, rc *int32) {
	k.args.values = nil
	if r := recover(); r != nil {
		*rc = fail(tls, c.base.FpVtab, sqlite3.PanicError(r))
	}
}

// indexString returns the idxStr at z, the last string again when it is the same.
func (t *vtab) indexString(z uintptr) string {
	if z == 0 {
		return ""
	}
	s := cStringView(z)
	if s != t.idxStr {
		t.idxStr = goString(z)
	}
	return t.idxStr
}

func xNext(tls *libc.TLS, pCursor uintptr) (rc int32) {
	c := at[cCursor](pCursor)
	k := cursors.Get(c.handle)
	k.vtab.conn.tls = tls
	defer rescue(tls, c.base.FpVtab, &rc)
	if err := k.impl.Next(); err != nil {
		return fail(tls, c.base.FpVtab, err)
	}
	c.eof = flag[int32](k.impl.EOF())
	return lib.SQLITE_OK
}

func xEof(tls *libc.TLS, pCursor uintptr) int32 { return at[cCursor](pCursor).eof }

func xColumn(tls *libc.TLS, pCursor, ctx uintptr, i int32) (rc int32) {
	c := at[cCursor](pCursor)
	k := cursors.Get(c.handle)
	k.vtab.conn.tls = tls
	k.result.ctx = ctx
	defer rescue(tls, c.base.FpVtab, &rc)
	if err := k.impl.Column(&k.result, int(i)); err != nil {
		return fail(tls, c.base.FpVtab, err)
	}
	return lib.SQLITE_OK
}

func xRowid(tls *libc.TLS, pCursor, pRowid uintptr) (rc int32) {
	c := at[cCursor](pCursor)
	k := cursors.Get(c.handle)
	k.vtab.conn.tls = tls
	defer rescue(tls, c.base.FpVtab, &rc)
	rowid, err := k.impl.Rowid()
	if err != nil {
		return fail(tls, c.base.FpVtab, err)
	}
	*at[int64](pRowid) = rowid
	return lib.SQLITE_OK
}
