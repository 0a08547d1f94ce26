package dbsp

import (
	"hash/maphash"
	"slices"
)

// accumulators are the accumulators of one operator that an Overlay has read or set: a list in the order in which they
// came, and a hash table with linear probing.
type accumulators struct {
	text  *arena
	list  []accumulator
	table []accumulatorSlot
	// last is what was found last, and is likely to be asked for next.
	last   int
	dirty  int
	values slab
	order  []change // of the last write, kept for its memory
}

// reset forgets all accumulators.
func (a *accumulators) reset() {
	a.list = a.list[:0]
	clear(a.table)
	a.last, a.dirty = 0, 0
	a.values.reset()
}

// accumulatorSlot is a slot of the table: the place in the list, from 1, or 0 if it is free, and part of the key's hash.
type accumulatorSlot struct {
	number, hash uint32
}

// accumulator is one accumulator. Its key lies in the arena, its value in the slab.
type accumulator struct {
	key             place
	value           place
	keySize         uint32
	valueSize, room uint32 // room is 0 until there was a value
	present         bool
	dirty           bool // set since the last flush
	fresh           bool // the base is known to have none
}

// valueSlack is spare room for a value to grow in place.
const valueSlack = 8

var accumulatorSeed = maphash.MakeSeed()

func (a *accumulators) keyOf(x *accumulator) string { return a.text.text(x.key)[:x.keySize] }

// valueOf returns the value of x, nil if there is none.
func (a *accumulators) valueOf(x *accumulator) []byte {
	if !x.present {
		return nil
	}
	return a.values.bytes(x.value, x.valueSize)
}

// find returns the accumulator of key, nil if it is not here. It is valid until the next insert.
func (a *accumulators) find(key string) *accumulator {
	if len(a.list) == 0 {
		return nil
	}
	if x := &a.list[a.last]; a.keyOf(x) == key {
		return x
	}
	h := maphash.String(accumulatorSeed, key)
	mask := len(a.table) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		s := a.table[i]
		if s.number == 0 {
			return nil
		}
		if s.hash != uint32(h>>32) {
			continue
		}
		if x := &a.list[s.number-1]; a.keyOf(x) == key {
			a.last = int(s.number - 1)
			return x
		}
	}
}

// insert makes room for the accumulator of a key that is not here.
func (a *accumulators) insert(key string) *accumulator {
	if 2*len(a.list) >= len(a.table) {
		a.grow()
	}
	a.last = len(a.list)
	a.list = append(a.list, accumulator{key: a.text.put(key, ""), keySize: uint32(len(key))})
	a.enter(key, a.last)
	return &a.list[a.last]
}

// enter puts number i of the list, with the given key, into the table.
func (a *accumulators) enter(key string, i int) {
	h := maphash.String(accumulatorSeed, key)
	mask := len(a.table) - 1
	at := int(h) & mask
	for a.table[at].number != 0 {
		at = (at + 1) & mask
	}
	a.table[at] = accumulatorSlot{uint32(i) + 1, uint32(h >> 32)}
}

// grow doubles the table.
func (a *accumulators) grow() {
	a.table = make([]accumulatorSlot, max(16, 2*len(a.table)))
	for i := range a.list {
		a.enter(a.keyOf(&a.list[i]), i)
	}
}

// set copies value to x.
func (a *accumulators) set(x *accumulator, value []byte) {
	x.present = value != nil
	if !x.present {
		return
	}
	if int(x.room) < len(value) || x.room == 0 {
		x.room = uint32(len(value) + valueSlack)
		x.value = a.values.room(int(x.room))
	}
	x.valueSize = uint32(len(value))
	copy(a.values.bytes(x.value, x.valueSize), value)
}

// mark notes that x was set.
func (a *accumulators) mark(x *accumulator) {
	if !x.dirty {
		x.dirty = true
		a.dirty++
	}
}

// write writes what was set to w, sorted by key.
func (a *accumulators) write(op OpID, w Writer) error {
	order := slices.Grow(a.order[:0], a.dirty)
	a.order = order
	for i := range a.list {
		x := &a.list[i]
		if x.dirty && (x.present || !x.fresh) {
			// The weight carries the number, from 1, for 0 would be left out.
			order = append(order, change{
				word:   changeWord(a.keyOf(x), "", 0),
				at:     x.key,
				key:    x.keySize,
				weight: int64(i) + 1,
			})
		}
	}
	for _, c := range consolidateChanges(a.text, order) {
		x := &a.list[c.weight-1]
		if err := w.Put(op, a.keyOf(x), a.valueOf(x)); err != nil {
			return err
		}
	}
	return nil
}

// memory returns the approximate memory that a takes, in bytes, without the arena.
func (a *accumulators) memory() int64 {
	const perAccumulator, perSlot = 40, 8
	return perAccumulator*int64(cap(a.list)) + perSlot*int64(len(a.table)) + a.values.size
}
