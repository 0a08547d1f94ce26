//go:build cgo

package capi

import (
	"sync"
	"sync/atomic"
)

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	maxChunks = 1 << 14
)

// handles gives Go objects small integers that C memory may hold. Reading takes no lock. 0 is no handle.
type handles[T any] struct {
	chunks [maxChunks]atomic.Pointer[[chunkSize]atomic.Pointer[T]]

	mu   sync.Mutex
	free []uint32
	last uint32 // the largest handle ever given out
}

// get returns the object of a handle that is in use.
func (t *handles[T]) get(h uint32) *T {
	return t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Load()
}

// put gives v a handle.
func (t *handles[T]) put(v *T) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var h uint32
	if n := len(t.free); n > 0 {
		h, t.free = t.free[n-1], t.free[:n-1]
	} else {
		h = t.last + 1
		if h>>chunkBits >= maxChunks {
			panic("capi: out of handles")
		}
		t.last = h
		if p := &t.chunks[h>>chunkBits]; p.Load() == nil {
			p.Store(new([chunkSize]atomic.Pointer[T]))
		}
	}
	t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Store(v)
	return h
}

// remove takes the handle back; it will be given out again.
func (t *handles[T]) remove(h uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Store(nil)
	t.free = append(t.free, h)
}

// inUse returns the number of handles given out now.
func (t *handles[T]) inUse() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(t.last) - len(t.free)
}

var (
	modules    handles[module]
	vtabs      handles[vtab]
	cursors    handles[cursor]
	functions  handles[function]
	aggregates handles[aggregate]
)
