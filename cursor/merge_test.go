package cursor

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// list is a committed side.
type list struct {
	rows []stored
	at   int
	fail int // the row before which it fails, 0 for never
}

type stored struct {
	row    dbsp.Row
	weight int64
	key    string
}

var errList = errors.New("committed side")

func (l *list) Next() (bool, error) {
	if l.at++; l.at == l.fail {
		return false, errList
	}
	return l.at <= len(l.rows), nil
}

func (l *list) Row() dbsp.Row { return l.rows[l.at-1].row }
func (l *list) Weight() int64 { return l.rows[l.at-1].weight }
func (l *list) Key() string   { return l.rows[l.at-1].key }

func drawValue(t *rapid.T) dbsp.Value {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return dbsp.Value{}
	case 1:
		return dbsp.NewReal(rapid.SampledFrom([]float64{-1, 0, 0.5, 1, 1e300}).Draw(t, "real"))
	case 2:
		return dbsp.NewText(rapid.SampledFrom([]string{"", "a", "A", "ab", "b ", "b"}).Draw(t, "text"))
	case 3:
		return dbsp.NewBlob(rapid.SampledFrom([]string{"", "\x00", "\x00\xff"}).Draw(t, "blob"))
	}
	return dbsp.NewInteger(rapid.Int64Range(-2, 3).Draw(t, "integer"))
}

func drawRow(t *rapid.T) dbsp.Row { return dbsp.Row{drawValue(t), drawValue(t)} }

func drawOrder(t *rapid.T) []Term {
	var order []Term
	for range rapid.IntRange(0, 2).Draw(t, "terms") {
		order = append(order, Term{
			Column:    rapid.IntRange(0, 1).Draw(t, "column"),
			Collation: rapid.SampledFrom([]dbsp.Collation{dbsp.Binary, dbsp.NoCase, dbsp.RTrim}).Draw(t, "collation"),
			Desc:      rapid.Bool().Draw(t, "desc"),
		})
	}
	return order
}

// compare orders rows by the terms, from the encoded keys of single values: what the merge's own keys must agree with.
func compare(order []Term, a, b dbsp.Row) int {
	for _, o := range order {
		c := bytes.Compare(dbsp.AppendKey(nil, a[o.Column], o.Collation), dbsp.AppendKey(nil, b[o.Column], o.Collation))
		if o.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// collect reads the merge to its end and checks its order.
func collect(t *rapid.T, m *Merge, order []Term) []stored {
	var out []stored
	for {
		ok, err := m.Next()
		require.NoError(t, err)
		if !ok {
			break
		}
		if n := len(out); n > 0 {
			require.LessOrEqual(t, compare(order, out[n-1].row, m.Row()), 0, "out of order")
		}
		out = append(out, stored{m.Row(), m.Weight(), m.Key()})
	}
	ok, err := m.Next()
	require.NoError(t, err)
	require.False(t, ok, "past the end")
	return out
}

// TestMergeOfABag: the merge is the sum of the two Z-sets, each row once.
func TestMergeOfABag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := drawOrder(t)
		want := map[string]int64{}
		var committed []stored
		for range rapid.IntRange(0, 12).Draw(t, "committed") {
			row := drawRow(t)
			id := string(dbsp.AppendRow(nil, row))
			if want[id] != 0 {
				continue
			}
			w := rapid.Int64Range(1, 3).Draw(t, "weight")
			want[id] = w
			committed = append(committed, stored{row, w, "key of " + id})
		}
		var pending []Pending
		change := func(row dbsp.Row) {
			id := string(dbsp.AppendRow(nil, row))
			if slices.ContainsFunc(pending, func(p Pending) bool { return p.Key == id }) {
				return
			}
			w := rapid.Int64Range(-want[id], 2).Draw(t, "change")
			if w != 0 {
				pending = append(pending, Pending{Key: id, Row: row, Weight: w})
				want[id] += w
			}
		}
		for _, c := range committed {
			if rapid.Bool().Draw(t, "changes") {
				change(c.row)
			}
		}
		for range rapid.IntRange(0, 6).Draw(t, "fresh") {
			change(drawRow(t))
		}
		slices.SortStableFunc(committed, func(a, b stored) int { return compare(order, a.row, b.row) })
		got := map[string]int64{}
		for _, s := range collect(t, New(&list{rows: committed}, pending, false, order), order) {
			id := string(dbsp.AppendRow(nil, s.row))
			require.Zero(t, got[id], "a row came twice")
			require.Positive(t, s.weight)
			got[id] = s.weight
		}
		for id, w := range want {
			if w == 0 {
				delete(want, id)
			}
		}
		require.Equal(t, want, got)
	})
}

// TestMergeOfKeyedRows: what is pending stands in place of what was committed under the same key.
func TestMergeOfKeyedRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := drawOrder(t)
		want := map[string]dbsp.Row{}
		var committed []stored
		for range rapid.IntRange(0, 8).Draw(t, "committed") {
			key := rapid.StringMatching("[a-f]").Draw(t, "key")
			if want[key] == nil {
				want[key] = drawRow(t)
				committed = append(committed, stored{want[key], 1, key})
			}
		}
		var pending []Pending
		for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching("[a-f]"), 0, 6, rapid.ID[string]).Draw(t, "changed") {
			p := Pending{Key: key}
			if delete(want, key); rapid.Bool().Draw(t, "stands") {
				p.Row, p.Weight = drawRow(t), 1
				want[key] = p.Row
			}
			pending = append(pending, p)
		}
		slices.SortStableFunc(committed, func(a, b stored) int { return compare(order, a.row, b.row) })
		got := map[string]dbsp.Row{}
		for _, s := range collect(t, New(&list{rows: committed}, pending, true, order), order) {
			require.Nil(t, got[s.key], "a key came twice")
			require.EqualValues(t, 1, s.weight)
			got[s.key] = s.row
		}
		require.Equal(t, want, got)
	})
}

// TestMergePassesErrorsOn: an error of the committed side ends the scan.
func TestMergePassesErrorsOn(t *testing.T) {
	row := dbsp.Row{dbsp.NewInteger(1), dbsp.NewInteger(2)}
	m := New(&list{rows: []stored{{row, 1, "a"}, {row, 1, "b"}}, fail: 2}, nil, true, nil)
	ok, err := m.Next()
	require.NoError(t, err)
	require.True(t, ok)
	_, err = m.Next()
	require.ErrorIs(t, err, errList)
}
