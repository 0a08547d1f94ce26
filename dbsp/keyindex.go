package dbsp

import (
	"hash/maphash"
	"sync"
)

// keyIndex numbers the distinct byte strings of a batch in order of first appearance. It exists because a Go map with
// string keys allocates once per key, which for batches with many groups cost more than the aggregation itself; here
// all keys share one buffer, and the tables are used again by later steps.
type keyIndex struct {
	slots  []int32 // key number + 1, open addressing with linear probing; 0 is free
	hashes []uint32
	ends   []int // keys[ends[i-1]:ends[i]] is key i
	keys   []byte
	sealed string
}

var keySeed = maphash.MakeSeed()

var keyIndexes = sync.Pool{New: func() any { return new(keyIndex) }}

// keyIndexKept bounds what a released keyIndex may hold on to, in keys and in bytes of keys.
const keyIndexKept = 1 << 18

// newKeyIndex returns an empty keyIndex.
func newKeyIndex() *keyIndex { return keyIndexes.Get().(*keyIndex) }

// release gives x back; keys that key returned stay valid. Whoever returns early, with an error, may leave it out.
func (x *keyIndex) release() {
	if len(x.ends) > keyIndexKept || len(x.keys) > 16*keyIndexKept {
		return
	}
	x.slots, x.hashes, x.ends, x.keys, x.sealed = x.slots[:0], x.hashes[:0], x.ends[:0], x.keys[:0], ""
	keyIndexes.Put(x)
}

// len returns the number of distinct keys.
func (x *keyIndex) len() int { return len(x.ends) }

// intern returns the number of key, and whether it is new.
func (x *keyIndex) intern(key []byte) (int32, bool) {
	if 4*len(x.ends) >= 3*len(x.slots) {
		x.grow()
	}
	h := uint32(maphash.Bytes(keySeed, key))
	mask := uint32(len(x.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		slot := x.slots[at]
		if slot == 0 {
			n := int32(len(x.ends))
			x.slots[at] = n + 1
			x.hashes = append(x.hashes, h)
			x.keys = append(x.keys, key...)
			x.ends = append(x.ends, len(x.keys))
			return n, true
		}
		if n := slot - 1; x.hashes[n] == h && string(x.bytes(n)) == string(key) {
			return n, false
		}
	}
}

func (x *keyIndex) grow() {
	if size := max(8, 2*len(x.slots)); size <= cap(x.slots) {
		x.slots = x.slots[:size]
		clear(x.slots)
	} else {
		x.slots = make([]int32, size)
	}
	mask := uint32(len(x.slots) - 1)
	for n, h := range x.hashes {
		at := h & mask
		for x.slots[at] != 0 {
			at = (at + 1) & mask
		}
		x.slots[at] = int32(n + 1)
	}
}

func (x *keyIndex) start(n int32) int {
	if n == 0 {
		return 0
	}
	return x.ends[n-1]
}

func (x *keyIndex) bytes(n int32) []byte { return x.keys[x.start(n):x.ends[n]] }

// seal ends interning; key may be called from now on.
func (x *keyIndex) seal() { x.sealed = string(x.keys) }

// key returns key n. All keys share one string.
func (x *keyIndex) key(n int32) string { return x.sealed[x.start(n):x.ends[n]] }
