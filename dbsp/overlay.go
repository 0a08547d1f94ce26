package dbsp

import (
	"cmp"
	"slices"
)

// Base is committed operator state under an Overlay. Its methods are those of Store.
type Base interface {
	// Get is Store.Get.
	Get(op OpID, key string) ([]byte, error)
	// Elements is Store.Elements.
	Elements(op OpID, key, from string, yield func(element string, weight int64) bool) error
}

// Writer receives an overlay's changes in (op, key, element) order when it is flushed.
type Writer interface {
	// Put sets the accumulator of key; nil removes it. The key stays valid, the value is valid during the call.
	Put(op OpID, key string, value []byte) error
	// Add adds weight, never 0, to element under key.
	Add(op OpID, key, element string, weight int64) error
}

// Overlay is a Store that keeps changes in memory, over a Base that it only reads. It is itself a Base and a Writer, so
// overlays stack: a step that may be discarded runs on an overlay over an overlay. It is not for concurrent use, but
// what is called back from Elements may use it freely, and change it: that Elements still yields the elements as they
// were. An error of the base leaves the overlay as it was.
type Overlay struct {
	base Base
	text *arena
	ops  []*overlayOp // by id, ascending: they are few
	// last is the operator that was used last, which is the one that will be used next.
	last *overlayOp
}

// overlayOp is what an Overlay holds of one operator.
type overlayOp struct {
	id           OpID
	accumulators accumulators
	arrangement  arrangement
}

// NewOverlay returns an empty overlay over base.
func NewOverlay(base Base) *Overlay { return &Overlay{base: base} }

// find returns what o holds of op, nil if nothing.
func (o *Overlay) find(op OpID) *overlayOp {
	if o.last != nil && o.last.id == op {
		return o.last
	}
	for _, s := range o.ops {
		if s.id == op {
			o.last = s
			return s
		}
	}
	return nil
}

// open returns what o holds of op, to be added to.
func (o *Overlay) open(op OpID) *overlayOp {
	if s := o.find(op); s != nil {
		return s
	}
	if o.text == nil {
		o.text = &arena{}
	}
	s := &overlayOp{id: op}
	s.accumulators.text = o.text
	s.arrangement.tree.text = o.text
	at, _ := slices.BinarySearchFunc(o.ops, op, func(s *overlayOp, op OpID) int { return cmp.Compare(s.id, op) })
	o.ops = slices.Insert(o.ops, at, s)
	o.last = s
	return s
}

// Get implements Store. The result must not be changed. What the base answers is kept, so that a Put that follows does
// not read again.
func (o *Overlay) Get(op OpID, key string) ([]byte, error) {
	if s := o.find(op); s != nil {
		if x := s.accumulators.find(key); x != nil {
			return s.accumulators.valueOf(x), nil
		}
	}
	value, err := o.base.Get(op, key)
	if err != nil {
		return nil, err
	}
	a := &o.open(op).accumulators
	x := a.insert(key)
	x.fresh = value == nil
	a.set(x, value)
	return a.valueOf(x), nil
}

// Put implements Store. It never reads the base.
func (o *Overlay) Put(op OpID, key string, value []byte) error {
	a := &o.open(op).accumulators
	x := a.find(key)
	if x == nil {
		x = a.insert(key)
	}
	a.set(x, value)
	a.mark(x)
	return nil
}

// Add implements Store. It never reads the base.
func (o *Overlay) Add(op OpID, key, element string, weight int64) error {
	if weight != 0 {
		o.open(op).arrangement.add(key, element, weight)
	}
	return nil
}

// Elements implements Store.
func (o *Overlay) Elements(op OpID, key, from string, yield func(element string, weight int64) bool) error {
	if s := o.find(op); s != nil {
		return s.arrangement.elements(o.base, op, key, from, yield)
	}
	return o.base.Elements(op, key, from, yield)
}

// Flush writes all changes to w, sorted, weights of the same element summed, and leaves o empty over the same base. If w
// fails, o keeps all changes, and how many w has taken is not known.
func (o *Overlay) Flush(w Writer) error {
	for _, s := range o.ops {
		if err := s.accumulators.write(s.id, w); err != nil {
			return err
		}
		if err := s.arrangement.write(s.id, w); err != nil {
			return err
		}
	}
	o.Reset()
	return nil
}

// overlayKept is the size, in bytes, up to which an overlay's memory is used again.
const overlayKept = 1 << 16

// Reset forgets all changes, and what was read.
func (o *Overlay) Reset() {
	readers := 0
	for _, s := range o.ops {
		readers += s.arrangement.tree.readers
	}
	if readers > 0 || o.Size() > overlayKept {
		*o = Overlay{base: o.base}
		return
	}
	for _, s := range o.ops {
		s.accumulators.reset()
		s.arrangement.reset()
	}
	if o.text != nil {
		o.text.reset()
	}
}

// Size returns the approximate memory, in bytes, that what o holds takes.
func (o *Overlay) Size() int64 {
	if o.text == nil {
		return 0
	}
	const perOp = 512
	size := o.text.size
	for _, s := range o.ops {
		if len(s.accumulators.list) > 0 {
			size += perOp + s.accumulators.memory()
		}
		size += s.arrangement.memory()
	}
	return size
}

// Empty reports whether o holds no change. It may hold some that come to nothing together.
func (o *Overlay) Empty() bool {
	for _, s := range o.ops {
		if s.accumulators.dirty > 0 || len(s.arrangement.tail) > 0 || s.arrangement.tree.size > 0 {
			return false
		}
	}
	return true
}
