package dbsp

import (
	"encoding/binary"
	"fmt"
)

// distinctFold is an aggregate function with DISTINCT: of each class of equal values, the first in the order of the
// elements goes to the function once. All values are kept in an arrangement; its elements are the aggregate's ordinal,
// the value's key, which tells the class, and its identity.
//
// State: that of the function. Cost: one lookup per touched class and batch, one more when the first value of a class
// with variants goes.
type distinctFold struct {
	valueFold
	op        OpID
	ordinal   string
	column    int
	collation Collation
	variants  bool
}

func newDistinctFold(op OpID, ordinal int, c AggregateColumn, f valueFold) *distinctFold {
	return &distinctFold{
		valueFold: f, op: op, ordinal: string(binary.AppendUvarint(nil, uint64(ordinal))),
		column: c.Column, collation: c.Collation, variants: c.Variants,
	}
}

// classChange is what a batch changes in one class of equal values.
type classChange struct {
	group  int32
	prefix string // of the elements: ordinal and key
	// first is the number of a changed element, from which a chain leads to the others, count in all.
	first int32
	count int
}

func (f *distinctFold) apply(g *grouping) error {
	change, classes := newNetChange(), newKeyIndex()
	defer change.release()
	defer classes.release()
	var class []int32 // of each element
	for i := range g.in {
		v := g.in[i].Row[f.column]
		if v.IsNull() {
			continue
		}
		buf := AppendKey(append(change.begin(g.of[i]), f.ordinal...), v, f.collation)
		key := len(buf)
		buf = AppendIdentity(buf, v)
		if n := change.end(buf, g.in[i].Weight); int(n) == len(class) {
			c, _ := classes.intern(buf[:key])
			class = append(class, c)
		}
	}
	change.seal()
	classes.seal()
	touched := make([]classChange, classes.len())
	next := make([]int32, len(class))
	for n, c := range class {
		if change.weight[n] == 0 {
			continue
		}
		t := &touched[c]
		t.group, t.prefix = change.group[n], classes.key(c)[groupPrefix:]
		next[n], t.first = t.first, int32(n)
		t.count++
	}
	for i := range touched {
		if touched[i].count == 0 {
			continue
		}
		if err := f.settle(g, change, &touched[i], next); err != nil {
			return err
		}
	}
	return nil
}

// settle writes the change of one class, and tells the function when another value stands for the class.
func (f *distinctFold) settle(g *grouping, change *netChange, t *classChange, next []int32) error {
	store, key := g.step.Store, g.keys.key(t.group)
	before, weight, err := firstElement(store, f.op, key, t.prefix)
	if err != nil {
		return err
	}
	after := before
	for n, left := t.first, t.count; left > 0; n, left = next[n], left-1 {
		element, w := change.element(n), change.weight[n]
		if err := store.Add(f.op, key, element, w); err != nil {
			return err
		}
		switch {
		case element == before:
			weight += w
		case w > 0 && (after == "" || element < after):
			after = element
		case w < 0 && (before == "" || element < before):
			return f.negative(w)
		}
	}
	if weight < 0 {
		return f.negative(weight)
	}
	if after == before && weight == 0 {
		after = ""
		if f.variants || t.count > 1 {
			if after, weight, err = firstElement(store, f.op, key, t.prefix); err != nil {
				return err
			}
			if weight < 0 {
				return f.negative(weight)
			}
		}
	}
	if after == before {
		return nil
	}
	if err := f.stand(g, t, before, -1); err != nil {
		return err
	}
	return f.stand(g, t, after, 1)
}

func (f *distinctFold) negative(weight int64) error {
	return fmt.Errorf("dbsp: operator %d: a value %d times: %w", f.op, weight, ErrNegativeWeight)
}

// stand hands the value of element, which stands for its class, to the function.
func (f *distinctFold) stand(g *grouping, t *classChange, element string, weight int64) error {
	if element == "" {
		return nil
	}
	v, _, err := DecodeIdentity(element[len(t.prefix):])
	if err != nil {
		return fmt.Errorf("dbsp: operator %d: %w", f.op, err)
	}
	return f.add(g.step, t.group, v, weight)
}
