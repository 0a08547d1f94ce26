//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// batch implements sqlite3.Batch. C appends to it; Go reads and empties it where C is not running.
type batch struct{ c *C.mv_batch }

// NewBatch implements sqlite3.Batcher.
func (c *conn) NewBatch() (sqlite3.Batch, error) {
	p := C.mv_new_batch(c.db)
	if p == nil {
		return nil, errNoMemory
	}
	b := &batch{p}
	c.batches = append(c.batches, b)
	return b, nil
}

// Accept implements sqlite3.Batch.
func (b *batch) Accept(code int64, n int) {
	at := int(b.c.naccepted)
	for i := range at {
		if int64(b.c.accepted[i].code) == code {
			return
		}
	}
	if at == len(b.c.accepted) || b.c.bytes == nil && C.mv_batch_room(b.c) == 0 {
		return
	}
	a := &b.c.accepted[at]
	a.code, a.n, a.rowid = C.int64_t(code), C.int32_t(n), -1
	b.c.naccepted++
}

// Refuse implements sqlite3.Batch.
func (b *batch) Refuse() { b.c.naccepted = 0 }

// Take implements sqlite3.Batch.
func (b *batch) Take() []byte {
	n := int(b.c.used)
	if n == 0 {
		return nil
	}
	b.c.used = 0
	return unsafe.Slice((*byte)(unsafe.Pointer(b.c.bytes)), n)
}

// Highest implements sqlite3.Batch.
func (b *batch) Highest(code int64, column int, rowid int64) {
	for i := range int(b.c.naccepted) {
		if a := &b.c.accepted[i]; int64(a.code) == code {
			a.rowid, a.highest = C.int32_t(column), C.int64_t(rowid)
		}
	}
}

// CreateFlag implements sqlite3.Flagger.
func (c *conn) CreateFlag(name string) (set func(bool), err error) {
	f, err := c.createFlag(name, 0, false)
	if err != nil {
		return nil, err
	}
	return f.set, nil
}

// CreateGuard implements sqlite3.Offerer.
func (c *conn) CreateGuard(name string) (set func(bool), show func(sqlite3.Batch), err error) {
	f, err := c.createFlag(name, 2, false)
	if err != nil {
		return nil, nil, err
	}
	return f.set, f.show, nil
}

// CreateOffer implements sqlite3.Offerer.
func (c *conn) CreateOffer(name string) (show func(sqlite3.Batch), err error) {
	f, err := c.createFlag(name, -1, true)
	if err != nil {
		return nil, err
	}
	return f.show, nil
}

// flagState is what C knows of the function of a flag, a guard or an offer. Its memory lives as long as the conn, not as long as the
// function: what was returned may be called when the host took the name over.
type flagState struct{ c *C.mv_flag }

func (f flagState) set(on bool) { f.c.value = C.int32_t(flag(on)) }

func (f flagState) show(b sqlite3.Batch) {
	f.c.shown = nil
	if b, ok := b.(*batch); ok {
		f.c.shown = b.c
	}
}

func (c *conn) createFlag(name string, narg int, offers bool) (flagState, error) {
	z, err := cText(name)
	if err != nil {
		return flagState{}, err
	}
	f := (*C.mv_flag)(C.mv_realloc(nil, C.sizeof_mv_flag))
	if f == nil {
		return flagState{}, errNoMemory
	}
	c.flags = append(c.flags, f)
	c.retain()
	*f = C.mv_flag{function: C.uint32_t(functions.Put(&function{conn: c}))}
	// SQLite calls the destructor also when this fails.
	if rc := C.mv_create_flag(c.db, z, f, C.int(narg), flag(offers)); rc != C.SQLITE_OK {
		return flagState{}, fmt.Errorf("capi: function %s: %w", name, c.err(rc))
	}
	return flagState{f}, nil
}

// CreateKey implements sqlite3.KeyEncoder.
func (c *conn) CreateKey(name string, longest int) error {
	z, err := cText(name)
	if err != nil {
		return err
	}
	if rc := C.mv_create_key(c.db, z, C.int(longest)); rc != C.SQLITE_OK {
		return fmt.Errorf("capi: function %s: %w", name, c.err(rc))
	}
	return nil
}
