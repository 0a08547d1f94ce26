//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// cursor is an open cursor. SQLite never calls a cursor from within a call of it, so that it needs no frames.
type cursor struct {
	vtab   *vtab
	impl   sqlite3.Cursor
	args   args
	result result
	// of a sqlite3.Streamer: c is SQLite's cursor, stop the method of that name.
	c      *C.mv_cursor
	stream *stmt
	stop   func(read bool) (int64, bool)
}

// streams begins to serve the rows from the cursor's statement, if it has one.
func (k *cursor) streams(c *C.mv_cursor) {
	impl, ok := k.impl.(sqlite3.Streamer)
	if !ok {
		return
	}
	if k.stop == nil {
		k.c, k.stop = c, k.stopStream
	}
	s, columns, weight, used, ok := impl.Stream(k.stop)
	if !ok {
		return
	}
	k.stream = s.(*stmt)
	c.stream, c.columns, c.weight_column, c.used, c.copy = k.stream.stmt, C.int(columns), C.int(weight), C.uint64_t(used), 0
}

// stopStream gives the rows back to the cursor: its statement has been stepped by C since it read a row.
func (k *cursor) stopStream(read bool) (copy int64, more bool) {
	switch {
	case k.c.ended != 0:
		k.end()
		return 0, false
	case k.c.stream != nil:
		if read {
			C.mv_row(k.stream.stmt)
		}
		k.c.stream = nil
	}
	k.stream = nil
	return int64(k.c.copy), true
}

// end forgets the streamed statement, which has no more rows.
func (k *cursor) end() {
	k.c.ended = 0
	k.stream.row, k.stream = false, nil
}

// settle tells the cursor of a stream that ended since: xNext tells C only.
func (k *cursor) settle(c *C.mv_cursor) {
	if c.ended != 0 {
		k.end()
		k.impl.(sqlite3.Streamer).StreamEnded(nil)
	}
}

// mvStreamFailed is called by xNext when a streamed statement failed.
//
//export mvStreamFailed
func mvStreamFailed(c *C.mv_cursor, code C.int) (rc C.int) {
	defer rescue(c.base.pVtab, &rc)
	k := cursorOf(c)
	err := k.stream.conn.err(code)
	k.end()
	k.impl.(sqlite3.Streamer).StreamEnded(err)
	return fail(c.base.pVtab, err)
}

func cursorOf(c *C.mv_cursor) *cursor { return cursors.Get(uint32(c.handle)) }

// opened returns the cursor, opened on its first use: xOpen does not call Go.
func opened(c *C.mv_cursor) (*cursor, error) {
	if c.handle != 0 {
		return cursorOf(c), nil
	}
	t := tableOf((*C.mv_vtab)(unsafe.Pointer(c.base.pVtab)))
	impl, err := t.impl.Open()
	if err != nil {
		return nil, err
	}
	k := &cursor{vtab: t, impl: impl}
	c.handle = C.uint32_t(cursors.Put(k))
	return k, nil
}

// mvClose is xClose of an opened cursor.
//
//export mvClose
func mvClose(c *C.mv_cursor) (rc C.int) {
	k := cursorOf(c)
	defer func() {
		cursors.Remove(uint32(c.handle))
		k.result.free()
	}()
	defer rescue(c.base.pVtab, &rc)
	k.settle(c)
	if err := k.impl.Close(); err != nil {
		return fail(c.base.pVtab, err)
	}
	return C.SQLITE_OK
}

// mvFilter is xFilter.
//
//export mvFilter
func mvFilter(c *C.mv_cursor, idxNum C.int, idxStr *C.char, argc C.int, argv **C.sqlite3_value, values *C.mv_value) (rc C.int) {
	defer rescue(c.base.pVtab, &rc)
	k, err := opened(c)
	if err != nil {
		return fail(c.base.pVtab, err)
	}
	k.settle(c)
	k.args = args{argv, unsafe.Slice(values, int(argc))}
	defer leaveFilter(c, k, &rc)
	c.stream = nil
	if err := k.impl.Filter(int(idxNum), k.vtab.indexString(idxStr), &k.args); err != nil {
		return fail(c.base.pVtab, err)
	}
	c.eof = flag(k.impl.EOF())
	k.streams(c)
	return C.SQLITE_OK
}

func leaveFilter(c *C.mv_cursor, k *cursor, rc *C.int) {
	k.args = args{}
	if r := recover(); r != nil {
		*rc = fail(c.base.pVtab, sqlite3.PanicError(r))
	}
}

// mvNext is xNext.
//
//export mvNext
func mvNext(c *C.mv_cursor) (rc C.int) {
	defer rescue(c.base.pVtab, &rc)
	k := cursorOf(c)
	if err := k.impl.Next(); err != nil {
		return fail(c.base.pVtab, err)
	}
	c.eof = flag(k.impl.EOF())
	return C.SQLITE_OK
}

// mvColumn is xColumn.
//
//export mvColumn
func mvColumn(c *C.mv_cursor, ctx *C.sqlite3_context, i C.int, out *C.mv_value) (rc C.int) {
	defer rescue(c.base.pVtab, &rc)
	k := cursorOf(c)
	k.result.ctx, k.result.out = ctx, out
	if err := k.impl.Column(&k.result, int(i)); err != nil {
		return fail(c.base.pVtab, err)
	}
	return C.SQLITE_OK
}

// mvRowid is xRowid.
//
//export mvRowid
func mvRowid(c *C.mv_cursor, rowid *C.int64_t) (rc C.int) {
	defer rescue(c.base.pVtab, &rc)
	id, err := cursorOf(c).impl.Rowid()
	if err != nil {
		return fail(c.base.pVtab, err)
	}
	*rowid = C.int64_t(id)
	return C.SQLITE_OK
}
