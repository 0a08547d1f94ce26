package dbsp

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// twinPresence has the rows of a Distinct in their plainest form: those that were fed with the batch at hand.
type twinPresence struct {
	rows zset
	net  zset // what the batch at hand adds, which Find is to be told once of each row; nil while it only looks
	t    interface{ Fatalf(string, ...any) }
}

// Find implements Presence. What it returns is overwritten by the next call.
func (p *twinPresence) Find(key Row, net int64) (row Row, was, is bool, err error) {
	id := identity(key)
	if p.net == nil && net != 0 || p.net != nil && net != p.net[id] {
		p.t.Fatalf("asked for %v with a change of %d, of %v", key, net, p.net)
	}
	delete(p.net, id)
	n := p.rows[id]
	return slices.Clone(key), n-net > 0, n > 0, nil
}

// drawPlainColumns draws columns of which equal values are identical.
func drawPlainColumns(t *rapid.T, label string) []column {
	columns := make([]column, rapid.IntRange(1, 3).Draw(t, label+" columns"))
	for i := range columns {
		n := rapid.IntRange(1, 4).Draw(t, label+" values")
		from := rapid.IntRange(0, len(twinPlain)-n).Draw(t, label+" from")
		columns[i] = column{values: twinPlain[from : from+n]}
	}
	return columns
}

// feed steps d, having let its presence take in the batch.
func (p *twinPresence) feed(t *rapid.T, d *Distinct, s *Step, b Batch) Batch {
	p.rows.add(b)
	p.net = zset{}
	p.net.add(b)
	out, err := d.Step(s, []Batch{b})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.net) > 0 {
		t.Fatalf("not asked for %v", p.net)
	}
	p.net = nil
	return out
}

// TestDistinctWithPresenceEqualsTwin compares a Distinct that asks with the classes of its rows, after each step; it keeps
// nothing.
func TestDistinctWithPresenceEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := drawPlainColumns(t, "column")
		p := &twinPresence{rows: zset{}, t: t}
		d := &Distinct{ID: 1, VariantsID: 2, Collations: make([]Collation, len(columns)), Presence: p}
		store, out := drawStore(t), keyedOutput{}
		for _, chunk := range drawChunks(t, "history", drawHistory(t, "history", columns, true)) {
			out.apply(t, p.feed(t, d, store.step(), chunk))
			checkDistinct(t, d, p.rows, out)
			if left := contentsOf(store.base); len(left.accumulators)+len(left.elements) != 0 || store.overlay != nil && !store.overlay.Empty() {
				t.Fatalf("kept: %v", left)
			}
		}
		if len(out) > 0 {
			t.Fatalf("left over: %v", out)
		}
	})
}

// TestPresenceTraceEqualsTwin joins the rows of a Distinct that asks, with columns in another order and constants between,
// with a kept side by all of the Distinct's columns: fed one after the other, as a plan sees to that asks apart.
func TestPresenceTraceEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := drawPlainColumns(t, "column")
		p := &twinPresence{rows: zset{}, t: t}
		d := &Distinct{ID: 1, VariantsID: 2, Collations: make([]Collation, len(columns)), Presence: p}
		// The side's rows are the Distinct's, permuted, and what is laid beside them.
		positions := append(identityColumns(len(columns)), NullColumn, OneColumn)
		positions = rapid.Permutation(positions).Draw(t, "positions")
		order := rapid.Permutation(identityColumns(len(columns))).Draw(t, "order")
		trace := &PresenceTrace{Presence: p, Order: order, Columns: positions}
		own := JoinSide{Trace: trace, Columns: make([]int, len(columns))}
		other := JoinSide{ID: 4, Kept: true, Columns: make([]int, len(columns))}
		beside := make([]column, len(columns)+1)
		for group, key := range order {
			// Key column number key is compared with the Distinct's column group.
			own.Columns[key] = slices.Index(positions, group)
			other.Columns[key] = key
			beside[key] = columns[group]
		}
		beside[len(columns)] = column{values: twinPlain}
		j := &Join{Left: own, Right: other, Collations: make([]Collation, len(columns))}
		left := rapid.Bool().Draw(t, "traced left")
		if !left {
			j.Left, j.Right = other, own
		}
		histories := [2][]Batch{
			drawChunks(t, "distinct", drawHistory(t, "distinct", columns, true)),
			drawChunks(t, "beside", drawHistory(t, "beside", beside, true)),
		}
		store, rows, out := drawStore(t), [2]zset{{}, {}}, zset{}
		for len(histories[0])+len(histories[1]) > 0 {
			of := rapid.IntRange(0, 1).Draw(t, "of")
			if len(histories[of]) == 0 {
				of = 1 - of
			}
			b := histories[of][0]
			histories[of] = histories[of][1:]
			if of == 0 {
				var side Batch
				for _, x := range p.feed(t, d, store.step(), b) {
					row := make(Row, len(positions))
					choose(row, x.Row, positions)
					side = append(side, Delta{Row: row, Weight: x.Weight})
				}
				b = side
			}
			rows[of].add(b)
			in := []Batch{b, nil}
			if (of == 0) != left {
				in = []Batch{nil, b}
			}
			got, err := j.Step(store.step(), in)
			if err != nil {
				t.Fatal(err)
			}
			out.add(got)
			l, r := rows[0], rows[1]
			if !left {
				l, r = r, l
			}
			if want := twinJoin(j, l, r); out.String() != want.String() {
				t.Fatalf("after %v:\n%vinstead of\n%v", b, out, want)
			}
			store.settle(t, false)
		}
		requireDrained(t, store)
	})
}

// failingPresence can't be asked.
type failingPresence struct{}

func (failingPresence) Find(Row, int64) (Row, bool, bool, error) {
	return nil, false, false, ErrCorrupt
}

// TestPresenceFails says that an error of the tables ends the step, and the lookup of a join.
func TestPresenceFails(t *testing.T) {
	d := &Distinct{Collations: []Collation{Binary}, Presence: failingPresence{}}
	row := Row{NewInteger(1)}
	_, err := d.Step(&Step{Store: NewMemoryStore()}, []Batch{{{Row: row, Weight: 1}}})
	require.ErrorIs(t, err, ErrCorrupt)
	trace := &PresenceTrace{Presence: failingPresence{}, Order: []int{0}, Columns: []int{0}}
	require.ErrorIs(t, trace.Rows(nil, row, func(Row, int64) error { return nil }), ErrCorrupt)
	// What comes and goes within a batch is not asked for.
	out, err := d.Step(&Step{Store: NewMemoryStore()}, []Batch{{{Row: row, Weight: 1}, {Row: row, Weight: -1}}})
	require.NoError(t, err)
	require.Empty(t, out)
}
