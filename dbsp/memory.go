package dbsp

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// MemoryStore keeps operator state in maps, for tests and throwaway circuits. It is a Store, a Base and a Writer. The
// zero value is empty and ready.
type MemoryStore struct {
	// Strict makes Add fail with ErrNegativeWeight rather than let a weight sink below zero, as the state tables do.
	// Then it takes consolidated changes only, such as Overlay.Flush writes.
	Strict bool

	values       map[slot][]byte
	arrangements map[slot][]weighted
}

// slot is a key of an operator.
type slot struct {
	op  OpID
	key string
}

// weighted is an element with its weight, never zero.
type weighted struct {
	element string
	weight  int64
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore { return &MemoryStore{} }

// Get implements Store.
func (m *MemoryStore) Get(op OpID, key string) ([]byte, error) {
	return slices.Clone(m.values[slot{op, key}]), nil
}

// Put implements Store.
func (m *MemoryStore) Put(op OpID, key string, value []byte) error {
	if value == nil {
		delete(m.values, slot{op, key})
		return nil
	}
	if m.values == nil {
		m.values = map[slot][]byte{}
	}
	// Not Clone, which could make an empty value of nil capacity a nil one.
	m.values[slot{op, key}] = append([]byte{}, value...)
	return nil
}

// Add implements Store. In strict mode the error wraps ErrNegativeWeight.
func (m *MemoryStore) Add(op OpID, key, element string, weight int64) error {
	if m.arrangements == nil {
		m.arrangements = map[slot][]weighted{}
	}
	s := slot{op, key}
	list := m.arrangements[s]
	i, found := findElement(list, element)
	sum := weight
	if found {
		sum += list[i].weight
	}
	if m.Strict && sum < 0 {
		return fmt.Errorf("%w: operator %d, key %x, element %x", ErrNegativeWeight, op, key, element)
	}
	switch {
	case sum == 0 && found:
		list = slices.Delete(list, i, i+1)
	case sum == 0:
	case found:
		list[i].weight = sum
	default:
		list = slices.Insert(list, i, weighted{element, sum})
	}
	if len(list) == 0 {
		delete(m.arrangements, s)
	} else {
		m.arrangements[s] = list
	}
	return nil
}

// Elements implements Store. yield may change the store; it sees the elements as they were when Elements was called.
func (m *MemoryStore) Elements(op OpID, key, from string, yield func(element string, weight int64) bool) error {
	list := m.arrangements[slot{op, key}]
	i, _ := findElement(list, from)
	for _, e := range slices.Clone(list[i:]) {
		if !yield(e.element, e.weight) {
			break
		}
	}
	return nil
}

// findElement returns where element is, or would be, in list.
func findElement(list []weighted, element string) (int, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].element >= element })
	return i, i < len(list) && list[i].element == element
}

// Write writes everything that m holds to w, in (operator, key, element) order.
func (m *MemoryStore) Write(w Writer) error {
	for _, s := range sortedSlots(m.values) {
		if err := w.Put(s.op, s.key, m.values[s]); err != nil {
			return err
		}
	}
	for _, s := range sortedSlots(m.arrangements) {
		for _, e := range m.arrangements[s] {
			if err := w.Add(s.op, s.key, e.element, e.weight); err != nil {
				return err
			}
		}
	}
	return nil
}

func sortedSlots[V any](m map[slot]V) []slot {
	return slices.SortedFunc(maps.Keys(m), func(a, b slot) int {
		if a.op != b.op {
			return int(a.op) - int(b.op)
		}
		return strings.Compare(a.key, b.key)
	})
}
