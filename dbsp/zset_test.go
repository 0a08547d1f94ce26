package dbsp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func delta(weight int64, key string, values ...Value) Delta {
	return Delta{Row: values, Weight: weight, Key: key}
}

func TestConsolidate(t *testing.T) {
	one, real := NewInteger(1), NewReal(1)
	for _, c := range []struct {
		name     string
		in, want Batch
	}{
		{"nothing", nil, nil},
		{"one", Batch{delta(2, "", one)}, Batch{delta(2, "", one)}},
		{"one of no weight", Batch{delta(0, "", one)}, Batch{}},
		{"a sum", Batch{delta(2, "", one), delta(1, "", real), delta(-1, "", one)}, Batch{delta(1, "", one), delta(1, "", real)}},
		{"a sum of nothing", Batch{delta(2, "", one), delta(1, "", real), delta(-2, "", one)}, Batch{delta(1, "", real)}},
		{"equal, not identical", Batch{delta(1, "", one), delta(-1, "", real)}, Batch{delta(1, "", one), delta(-1, "", real)}},
		{"rows of two keys", Batch{delta(1, "a", one), delta(-1, "b", one)}, Batch{delta(1, "a", one), delta(-1, "b", one)}},
		{
			"a key and a row that join alike", Batch{delta(1, "\x21", one), delta(-1, "", one, one)},
			Batch{delta(1, "\x21", one), delta(-1, "", one, one)},
		},
		{
			"values that join alike", Batch{delta(1, "", NewText("ab"), NewText("")), delta(-1, "", NewText("a"), NewText("b"))},
			Batch{delta(1, "", NewText("ab"), NewText("")), delta(-1, "", NewText("a"), NewText("b"))},
		},
		{
			"a key's row over and over",
			Batch{delta(-1, "k", one), delta(1, "k", real), delta(-1, "k", real), delta(1, "k", one), delta(-1, "k", one), delta(1, "k", Value{})},
			Batch{delta(-1, "k", one), delta(1, "k", Value{})},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := append(Batch(nil), c.in...)
			require.Equal(t, c.want, Consolidate(in))
			require.Equal(t, c.in, in, "the input stays as it is")
		})
	}
}

func TestConsolidateKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type identity struct {
			key string
			v   Value
		}
		values := rapid.SliceOfN(genValue(), 1, 4).Draw(t, "values")
		var in Batch
		want := map[identity]int64{}
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			id := identity{rapid.SampledFrom([]string{"", "k"}).Draw(t, "key"), rapid.SampledFrom(values).Draw(t, "value")}
			weight := rapid.Int64Range(-2, 2).Draw(t, "weight")
			in = append(in, delta(weight, id.key, id.v))
			if want[id] += weight; want[id] == 0 {
				delete(want, id)
			}
		}
		got := map[identity]int64{}
		for _, d := range Consolidate(in) {
			id := identity{d.Key, d.Row[0]}
			require.NotContains(t, got, id)
			got[id] = d.Weight
		}
		require.Equal(t, want, got)
	})
}
