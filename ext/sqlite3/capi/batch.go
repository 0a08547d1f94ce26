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
	b.c.accepted[at].code, b.c.accepted[at].n = C.int64_t(code), C.int32_t(n)
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

// CreateFlag implements sqlite3.Flagger. The flag's memory lives as long as the conn, not as long as the function: what was
// returned may be called when the host took the name over.
func (c *conn) CreateFlag(name string) (set func(bool), err error) {
	z, err := cText(name)
	if err != nil {
		return nil, err
	}
	f := (*C.mv_flag)(C.mv_realloc(nil, C.sizeof_mv_flag))
	if f == nil {
		return nil, errNoMemory
	}
	c.flags = append(c.flags, f)
	c.retain()
	f.value, f.function = 0, C.uint32_t(functions.Put(&function{conn: c}))
	// SQLite calls the destructor also when this fails.
	if rc := C.mv_create_flag(c.db, z, f); rc != C.SQLITE_OK {
		return nil, fmt.Errorf("capi: function %s: %w", name, c.err(rc))
	}
	return func(on bool) { f.value = C.int32_t(flag(on)) }, nil
}
