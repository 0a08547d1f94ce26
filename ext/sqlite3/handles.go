package sqlite3

import (
	"sync"
	"sync/atomic"
)

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	maxChunks = 1 << 14
)

// Handles gives Go objects small integers that C memory may hold. Get takes no lock. 0 is no handle. The zero value is
// ready for use, and there are 16 Mi handles.
type Handles[T any] struct {
	chunks [maxChunks]atomic.Pointer[[chunkSize]atomic.Pointer[T]]

	mu   sync.Mutex
	free []uint32
	last uint32 // the largest handle ever given out
}

// Get returns the object of a handle that is in use.
func (t *Handles[T]) Get(h uint32) *T {
	return t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Load()
}

// Put gives v a handle.
func (t *Handles[T]) Put(v *T) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var h uint32
	if n := len(t.free); n > 0 {
		h, t.free = t.free[n-1], t.free[:n-1]
	} else {
		h = t.last + 1
		if h>>chunkBits >= maxChunks {
			panic("sqlite3: out of handles")
		}
		t.last = h
		if p := &t.chunks[h>>chunkBits]; p.Load() == nil {
			p.Store(new([chunkSize]atomic.Pointer[T]))
		}
	}
	t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Store(v)
	return h
}

// Remove takes the handle back; it will be given out again.
func (t *Handles[T]) Remove(h uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chunks[h>>chunkBits].Load()[h&(chunkSize-1)].Store(nil)
	t.free = append(t.free, h)
}

// InUse returns the number of handles given out now.
func (t *Handles[T]) InUse() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(t.last) - len(t.free)
}

// Last returns the largest handle ever given out: it stays where it is as long as handles are given back.
func (t *Handles[T]) Last() uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}
