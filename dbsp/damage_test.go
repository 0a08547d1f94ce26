package dbsp

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// everyAggregate groups by column 0 and has every kind of fold over column 1.
func everyAggregate() *Aggregate {
	a := &Aggregate{ID: 1, VariantsID: 2, ElementsID: 3, Group: []KeyColumn{{Collation: NoCase, Variants: true}}}
	for _, f := range []AggFunc{CountStar, Count, Sum, Min, Max} {
		a.Aggregates = append(a.Aggregates, AggregateColumn{Func: f, Column: 1})
	}
	for _, f := range []AggFunc{Count, Avg} {
		a.Aggregates = append(a.Aggregates, AggregateColumn{Func: f, Column: 1, Distinct: true, Variants: true})
	}
	return a
}

func one(group, value Value, weight int64) []Batch {
	return []Batch{{{Row: Row{group, value}, Weight: weight}}}
}

// TestAggregateDamaged says that state which contradicts itself is an error.
func TestAggregateDamaged(t *testing.T) {
	group, value := NewText("g"), NewInteger(5)
	key := string(AppendKey(nil, group, NoCase))
	distinctElement := string(AppendIdentity(AppendKey([]byte{5}, value, Binary), value))
	for _, c := range []struct {
		name   string
		damage func(m *MemoryStore, acc string) error
		weight int64
		want   error
	}{
		{"no such group", func(m *MemoryStore, _ string) error { return m.Put(1, key, nil) }, -1, ErrNegativeWeight},
		{"more than there is", func(*MemoryStore, string) error { return nil }, -3, ErrNegativeWeight},
		{"version", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x02"+acc[1:])) }, 1, ErrCorrupt},
		{"empty", func(m *MemoryStore, _ string) error { return m.Put(1, key, []byte{}) }, 1, ErrCorrupt},
		{"too long", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte(acc+"\x00")) }, 1, ErrCorrupt},
		{"no rows", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x00"+acc[2:])) }, 1, ErrCorrupt},
		{"more rows", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x03"+acc[2:])) }, -2, ErrCorrupt},
		{"fewer rows", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x01"+acc[2:])) }, 1, ErrCorrupt},
		{"element gone", func(m *MemoryStore, _ string) error {
			extreme := newExtreme(3, 3, everyAggregate().Aggregates[3], 0)
			return m.Add(3, key, string(extreme.appendElement(nil, value)), -2)
		}, -1, ErrCorrupt},
		{"variant gone", func(m *MemoryStore, _ string) error {
			return m.Add(2, key, string(AppendIdentity(nil, group)), -2)
		}, -1, ErrCorrupt},
		{"distinct value gone", func(m *MemoryStore, _ string) error {
			return m.Add(3, key, distinctElement, -2)
		}, -1, ErrNegativeWeight},
		{"distinct value too rare", func(m *MemoryStore, _ string) error {
			return m.Add(3, key, distinctElement, -1)
		}, -2, ErrNegativeWeight},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewMemoryStore()
			s := &Step{Store: m}
			a := everyAggregate()
			_, err := a.Step(s, one(group, value, 2))
			require.NoError(t, err)
			acc, err := m.Get(1, key)
			require.NoError(t, err)
			require.NoError(t, c.damage(m, string(acc)))
			_, err = a.Step(s, one(group, value, c.weight))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, "dbsp: ")
		})
	}
}

// FuzzAggregateDamaged gives the operator any accumulator and any elements: it may fail, with the right error, but not
// panic.
func FuzzAggregateDamaged(f *testing.F) {
	group, value := NewText("g"), NewInteger(5)
	key := string(AppendKey(nil, group, NoCase))
	m := NewMemoryStore()
	if _, err := everyAggregate().Step(&Step{Store: m}, one(group, value, 2)); err != nil {
		f.Fatal(err)
	}
	acc, _ := m.Get(1, key)
	for op := OpID(2); op <= 3; op++ {
		err := m.Elements(op, key, "", func(element string, weight int64) bool {
			f.Add(acc, element, weight, int64(-1))
			return true
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, acc []byte, element string, weight, change int64) {
		m := NewMemoryStore()
		require.NoError(t, m.Put(1, key, append([]byte{}, acc...)))
		require.NoError(t, m.Add(2, key, element, weight))
		require.NoError(t, m.Add(3, key, element, weight))
		s := &Step{Store: m, Numeric: twinNumeric}
		a := everyAggregate()
		for range 2 {
			_, err := a.Step(s, one(group, value, change))
			if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNegativeWeight) {
				t.Fatal(err)
			}
			_, err = a.Step(s, one(NewText("G"), NewReal(5), 1))
			if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNegativeWeight) {
				t.Fatal(err)
			}
		}
	})
}
