package dbsp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSummingEqualsStep compares accumulators made from sums with those that a step leaves.
func TestSummingEqualsStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &Aggregate{ID: 1, Group: []KeyColumn{{Column: 0}, {Column: 1}}, Aggregates: []AggregateColumn{
			{Func: CountStar}, {Func: Count, Column: 2}, {Func: Sum, Column: 2}, {Func: Total, Column: 3}, {Func: Avg, Column: 2},
		}}
		type sums struct {
			row   Row
			rows  int64
			parts [2]Part // of columns 2 and 3
		}
		groups := map[string]*sums{}
		var in Batch
		for range rapid.IntRange(1, 30).Draw(t, "rows") {
			row := Row{NewInteger(rapid.Int64Range(0, 3).Draw(t, "key")), {}}
			if rapid.Bool().Draw(t, "text") {
				row[1] = NewText(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "text key"))
			}
			g := groups[identity(row)]
			if g == nil {
				g = &sums{row: row}
				groups[identity(row)] = g
			}
			g.rows++
			full := append(Row{}, row...)
			for i := range g.parts {
				if rapid.Bool().Draw(t, "null") {
					full = append(full, Value{})
					continue
				}
				v := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "value")
				full = append(full, NewInteger(v))
				g.parts[i].Values++
				g.parts[i].Sum += v
			}
			in = append(in, Delta{Row: full, Weight: 1})
		}
		store := NewMemoryStore()
		_, err := a.Step(&Step{Store: store}, []Batch{in})
		require.NoError(t, err)
		s := a.NewSumming()
		for _, g := range groups {
			key := string(AppendKey(AppendKey(nil, g.row[0], Binary), g.row[1], Binary))
			want, err := store.Get(1, key)
			require.NoError(t, err)
			two, three := g.parts[0], g.parts[1]
			require.Equal(t, want, s.Accumulator(nil, g.row, g.rows, []Part{{}, two, two, three, two}))
		}
	})
}

// TestSummingIsForSums tells for which aggregates sums are not enough.
func TestSummingIsForSums(t *testing.T) {
	for name, a := range map[string]*Aggregate{
		"global":   {Global: true},
		"min":      {Group: []KeyColumn{{}}, Aggregates: []AggregateColumn{{Func: Min}}},
		"distinct": {Group: []KeyColumn{{}}, Aggregates: []AggregateColumn{{Func: Sum, Distinct: true}}},
		"variants": {Group: []KeyColumn{{Variants: true}}},
	} {
		require.Nil(t, a.NewSumming(), name)
	}
	require.NotNil(t, (&Aggregate{Group: []KeyColumn{{}}}).NewSumming())
}
