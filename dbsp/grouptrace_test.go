package dbsp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestGroupTraceEqualsArrangement joins a table with groups that are read from the aggregate's state, or on both sides,
// and with the same groups kept by the join.
func TestGroupTraceEqualsArrangement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := drawColumns(t, "column", 2, 2)
		c := rapid.SampledFrom([]Collation{Binary, NoCase, Identity}).Draw(t, "collation")
		nulls := []bool{rapid.Bool().Draw(t, "nulls")}
		functions := []AggregateColumn{{Func: CountStar}, {Func: Sum, Column: 1}, {Func: Max, Column: 1}, {Func: Count, Column: 1, Distinct: true, Variants: true}}
		grouping := func(id OpID) *Aggregate {
			return &Aggregate{ID: id, VariantsID: id + 1, ElementsID: id + 2,
				Group: []KeyColumn{{Column: 0, Collation: c, Variants: c != Identity}}, Aggregates: functions}
		}
		a, b := grouping(10), grouping(20)
		side := func(a *Aggregate) JoinSide {
			return JoinSide{Columns: []int{0}, Trace: &GroupTrace{Aggregate: a, Order: []int{0}, Columns: []int{0, 1, 2, 3, 4}}}
		}
		both := rapid.Bool().Draw(t, "both sides grouped")
		kept := &Join{Left: JoinSide{Columns: []int{0}, ID: 1, Kept: true}, Right: JoinSide{Columns: []int{0}, ID: 2, Kept: true},
			Collations: []Collation{c}, Nulls: nulls}
		traced := &Join{Left: JoinSide{Columns: []int{0}, ID: 3, Kept: true}, Right: side(b), Collations: []Collation{c}, Nulls: nulls}
		if both {
			traced.Left = side(a)
		}
		store := drawStore(t)
		step := func() *Step {
			s := store.step()
			s.Numeric = twinNumeric
			return s
		}
		out := [2]zset{{}, {}}
		chunks := [2][]Batch{
			drawChunks(t, "left", drawHistory(t, "left", columns, true)),
			drawChunks(t, "right", drawHistory(t, "right", columns, true)),
		}
		for len(chunks[0])+len(chunks[1]) > 0 {
			in := make([]Batch, 2)
			feed := rapid.IntRange(1, 3).Draw(t, "feed")
			if both && feed == 3 {
				feed = 1 // no step changes both
			}
			for i := range in {
				if feed&(1<<i) != 0 && len(chunks[i]) > 0 {
					in[i], chunks[i] = chunks[i][0], chunks[i][1:]
				}
			}
			var err error
			s := step()
			if both {
				in[0], err = a.Step(s, in[:1])
				require.NoError(t, err)
			}
			in[1], err = b.Step(s, in[1:])
			require.NoError(t, err)
			for i, j := range []*Join{kept, traced} {
				got, err := j.Step(s, in)
				require.NoError(t, err)
				out[i].add(got)
			}
			require.Equal(t, out[0].String(), out[1].String(), "after %v", in)
			store.settle(t, false)
		}
	})
}
