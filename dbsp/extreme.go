package dbsp

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// extreme is min(x) or max(x). All values are kept in an arrangement whose first element is the result: its elements are
// the aggregate's ordinal, the value's key (its bytes complemented for max, so that the last comes first), the value's
// identity, and the length of the key.
//
// State: the number of values that are not NULL (uvarint) and, when there are any, the first element's length (uvarint)
// and bytes. So a value that does not beat the extreme, or goes without being it, costs no lookup.
type extreme struct {
	column    int
	collation Collation
	function  AggFunc
	ordinal   string
	values    []int64
	first     firstElements
	shown     []Value // the first elements' values
}

func newExtreme(op OpID, ordinal int, c AggregateColumn, groups int) *extreme {
	return &extreme{
		column: c.Column, collation: c.Collation, function: c.Func,
		ordinal: string(binary.AppendUvarint(nil, uint64(ordinal))),
		values:  make([]int64, 0, groups),
		first:   newFirstElements(op, groups),
		shown:   make([]Value, 0, groups),
	}
}

func (x *extreme) open() {
	x.values = append(x.values, 0)
	x.first.load("")
	x.shown = append(x.shown, Value{})
}

func (x *extreme) load(acc string) (string, error) {
	n, acc, err := cutCount(acc)
	if err != nil {
		return "", err
	}
	element, v := "", Value{}
	if n > 0 {
		var size int64
		if size, acc, err = cutCount(acc); err != nil {
			return "", err
		}
		if size > int64(len(acc)) {
			return "", corrupt("an accumulator ends within an element")
		}
		element, acc = acc[:size], acc[size:]
		if v, err = x.value(element); err != nil {
			return "", err
		}
	}
	x.values = append(x.values, n)
	x.first.load(element)
	x.shown = append(x.shown, v)
	return acc, nil
}

func (x *extreme) apply(g *grouping) error {
	change := newNetChange()
	defer change.release()
	for i := range g.in {
		d := &g.in[i]
		v := d.Row[x.column]
		if v.IsNull() {
			continue
		}
		n := g.of[i]
		x.values[n] += d.Weight
		change.end(x.appendElement(change.begin(n), v), d.Weight)
	}
	before := slices.Clone(x.first.element)
	if err := x.first.settle(g, change, x.ordinal, func(n int32) int64 { return x.values[n] }); err != nil {
		return err
	}
	for n, element := range x.first.element {
		if element == before[n] {
			continue
		}
		x.shown[n] = Value{}
		if element != "" {
			var err error
			if x.shown[n], err = x.value(element); err != nil {
				return fmt.Errorf("dbsp: operator %d: %w", x.first.op, err)
			}
		}
	}
	return nil
}

func (x *extreme) appendElement(dst []byte, v Value) []byte {
	dst = append(dst, x.ordinal...)
	start := len(dst)
	dst = AppendKey(dst, v, x.collation)
	size := len(dst) - start
	if x.function == Max {
		for i := start; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	dst = AppendIdentity(dst, v)
	// The length stands last: there it does not disturb the order, and the identity can be found without parsing a key.
	if size < math.MaxUint8 {
		return append(dst, byte(size))
	}
	return append(binary.BigEndian.AppendUint32(dst, uint32(size)), math.MaxUint8)
}

// value decodes an element's value.
func (x *extreme) value(element string) (Value, error) {
	rest, ok := strings.CutPrefix(element, x.ordinal)
	if !ok || rest == "" {
		return Value{}, corrupt("an element of %s is cut short", x.function)
	}
	at := len(rest) - 1
	size := uint64(rest[at])
	if size == math.MaxUint8 && at >= 4 {
		at -= 4
		size = uint64(binary.BigEndian.Uint32([]byte(rest[at : at+4])))
	}
	if size > uint64(at) {
		return Value{}, corrupt("an element of %s is cut short", x.function)
	}
	v, rest, err := DecodeIdentity(rest[size:at])
	if err == nil && rest != "" {
		err = corrupt("an element of %s has %d bytes too many", x.function, len(rest))
	}
	return v, err
}

func (x *extreme) result(_ *grouping, n int32) (Value, bool) { return x.shown[n], true }

func (x *extreme) plausible(n int32, rows int64) bool { return 0 <= x.values[n] && x.values[n] <= rows }

func (x *extreme) appendState(dst []byte, n int32) []byte {
	dst = binary.AppendUvarint(dst, uint64(x.values[n]))
	if x.values[n] == 0 {
		return dst
	}
	element := x.first.element[n]
	return append(binary.AppendUvarint(dst, uint64(len(element))), element...)
}
