package dbsp

import (
	"fmt"
	"testing"
)

// nullStore costs nothing but remembers one accumulator for every key, so that what is measured is the operator.
type nullStore struct{ acc []byte }

func (s *nullStore) Get(OpID, string) ([]byte, error) { return s.acc, nil }

func (s *nullStore) Put(_ OpID, _ string, value []byte) error {
	s.acc = append(s.acc[:0], value...)
	return nil
}

func (s *nullStore) Add(OpID, string, string, int64) error { return nil }

func (s *nullStore) Elements(_ OpID, _, _ string, yield func(string, int64) bool) error { return nil }

// benchmarkRows returns n rows of a key out of keys, and a number or text.
func benchmarkRows(n, keys int, text bool, value func(i int) Value) Batch {
	b := make(Batch, n)
	for i := range b {
		k := (i * 7919) % keys
		key := NewInteger(int64(k))
		if text {
			key = NewText(fmt.Sprintf("group %d", k))
		}
		b[i] = Delta{Row: Row{key, value(i)}, Weight: 1}
	}
	return b
}

func integerAt(i int) Value { return NewInteger(int64(i % 1000)) }
func realAt(i int) Value    { return NewReal(float64(i%1000) / 8) }

// BenchmarkAggregate reports ns per delta of count(*), sum(x) GROUP BY k, and of variations.
func BenchmarkAggregate(b *testing.B) {
	countSum := []AggregateColumn{{Func: CountStar}, {Func: Sum, Column: 1}}
	for _, c := range []struct {
		name       string
		rows, keys int
		text       bool
		value      func(i int) Value
		aggregates []AggregateColumn
		variants   bool
	}{
		{name: "1row", rows: 1, keys: 1, value: integerAt, aggregates: countSum},
		{name: "64k/10groups", rows: 1 << 16, keys: 10, value: integerAt, aggregates: countSum},
		{name: "64k/10groups/text", rows: 1 << 16, keys: 10, text: true, value: integerAt, aggregates: countSum},
		{name: "64k/10groups/real", rows: 1 << 16, keys: 10, value: realAt, aggregates: countSum},
		{name: "64k/10groups/variants", rows: 1 << 16, keys: 10, value: integerAt, aggregates: countSum, variants: true},
		{name: "64k/50kgroups", rows: 1 << 16, keys: 50000, value: integerAt, aggregates: countSum},
		{name: "64k/50kgroups/text", rows: 1 << 16, keys: 50000, text: true, value: integerAt, aggregates: countSum},
		{name: "64k/50kgroups/real", rows: 1 << 16, keys: 50000, value: realAt, aggregates: countSum},
		{name: "64k/10groups/min", rows: 1 << 16, keys: 10, value: integerAt, aggregates: []AggregateColumn{{Func: Min, Column: 1}}},
		{name: "64k/10groups/distinct", rows: 1 << 16, keys: 10, value: integerAt, aggregates: []AggregateColumn{{Func: Count, Column: 1, Distinct: true}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			batch := benchmarkRows(c.rows, c.keys, c.text, c.value)
			a := &Aggregate{ID: 1, VariantsID: 2, ElementsID: 3, Aggregates: c.aggregates,
				Group: []KeyColumn{{Column: 0, Variants: c.variants}}}
			s := &Step{Store: &nullStore{}}
			b.ReportAllocs()
			for b.Loop() {
				s.Store.(*nullStore).acc = nil
				if _, err := a.Step(s, []Batch{batch}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.rows), "ns/delta")
		})
	}
}

// BenchmarkAggregateUpdate is BenchmarkAggregate over groups that exist, in a MemoryStore.
func BenchmarkAggregateUpdate(b *testing.B) {
	for _, keys := range []int{10, 50000} {
		b.Run(fmt.Sprintf("64k/%dgroups", keys), func(b *testing.B) {
			batch := benchmarkRows(1<<16, keys, false, integerAt)
			a := &Aggregate{ID: 1, Group: []KeyColumn{{}}, Aggregates: []AggregateColumn{{Func: CountStar}, {Func: Sum, Column: 1}}}
			s := &Step{Store: NewMemoryStore()}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Step(s, []Batch{batch}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/delta")
		})
	}
}

// BenchmarkJoin joins a fact table's deltas with a kept dimension, many to one.
func BenchmarkJoin(b *testing.B) {
	for _, rows := range []int{1, 1 << 16} {
		b.Run(fmt.Sprintf("%drows", rows), func(b *testing.B) {
			j := &Join{Left: JoinSide{Columns: []int{0}, ID: 1}, Right: JoinSide{Columns: []int{0}, ID: 2, Kept: true},
				Collations: []Collation{Binary}}
			store := NewMemoryStore()
			j.Left.Kept = true
			if _, err := j.Step(&Step{Store: store}, []Batch{nil, benchmarkRows(5000, 5000, false, integerAt)}); err != nil {
				b.Fatal(err)
			}
			j.Left.Kept = false
			batch := benchmarkRows(rows, 5000, false, integerAt)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := j.Step(&Step{Store: store}, []Batch{batch, nil}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/delta")
		})
	}
}

// BenchmarkPermute projects two columns.
func BenchmarkPermute(b *testing.B) {
	batch := benchmarkRows(1<<16, 10, false, integerAt)
	p := &Permute{Columns: []int{1, 0}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Step(nil, []Batch{batch}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/delta")
}
