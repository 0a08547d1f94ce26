package dbsp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// twinTrace is a join side in its plainest form.
type twinTrace struct {
	rows       zset
	columns    []int
	collations []Collation
}

func (r *twinTrace) Rows(_ *Step, key Row, yield func(Row, int64) error) error {
	for _, d := range r.rows.rows() {
		if matches(key, identityColumns(len(key)), d.Row, r.columns, r.collations, nil) {
			if err := yield(d.Row, d.Weight); err != nil {
				return err
			}
		}
	}
	return nil
}

func identityColumns(n int) []int {
	c := make([]int, n)
	for i := range c {
		c[i] = i
	}
	return c
}

// matches is the join condition.
func matches(l Row, left []int, r Row, right []int, collations []Collation, nulls []bool) bool {
	for i, c := range left {
		a, b := l[c], r[right[i]]
		if collations[i] == Identity {
			if identity(Row{a}) != identity(Row{b}) {
				return false
			}
			continue
		}
		if (a.IsNull() || b.IsNull()) && (nulls == nil || !nulls[i]) || twinCompare(a, b, collations[i]) != 0 {
			return false
		}
	}
	return true
}

// twinJoin is the join by nested loops.
func twinJoin(j *Join, left, right zset) zset {
	z := zset{}
	for _, l := range left.rows() {
		for _, r := range right.rows() {
			if matches(l.Row, j.Left.Columns, r.Row, j.Right.Columns, j.Collations, j.Nulls) {
				row := append(append(Row{}, l.Row...), r.Row...)
				z.add(Batch{{Row: row, Weight: l.Weight * r.Weight}})
			}
		}
	}
	return z
}

// drawJoin draws a join with its sides kept, and the columns of its inputs.
func drawJoin(t *rapid.T) (j *Join, left, right []column) {
	return drawJoinBy(t, []Collation{Binary, NoCase, RTrim, Identity}, rapid.Bool().Draw(t, "nulls given"))
}

// drawJoinBy is drawJoin for key columns of some collations, with or without a choice of what NULL is equal to.
func drawJoinBy(t *rapid.T, collations []Collation, nulls bool) (j *Join, left, right []column) {
	j = &Join{Left: JoinSide{ID: 1, Kept: true}, Right: JoinSide{ID: 2, Kept: true}}
	left, right = drawColumns(t, "left", 0, 2), drawColumns(t, "right", 0, 2)
	if len(left)*len(right) == 0 {
		return j, left, right
	}
	for range rapid.IntRange(0, 2).Draw(t, "keys") {
		l := rapid.IntRange(0, len(left)-1).Draw(t, "left key")
		r := rapid.IntRange(0, len(right)-1).Draw(t, "right key")
		right[r].values = left[l].values // or else they hardly meet
		j.Left.Columns = append(j.Left.Columns, l)
		j.Right.Columns = append(j.Right.Columns, r)
		j.Collations = append(j.Collations, rapid.SampledFrom(collations).Draw(t, "collation"))
		if nulls {
			j.Nulls = append(j.Nulls, rapid.Bool().Draw(t, "nulls"))
		}
	}
	return j, left, right
}

func requireDrained(t *rapid.T, store *drawnStore) {
	store.settle(t, true)
	if left := contentsOf(store.base); len(left.accumulators)+len(left.elements) != 0 {
		t.Fatalf("left over: %v", left)
	}
}

// TestJoinEqualsTwin feeds a join with kept sides, one at a time or both at once.
func TestJoinEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j, left, right := drawJoin(t)
		chunks := [2][]Batch{
			drawChunks(t, "left", drawHistory(t, "left", left, true)),
			drawChunks(t, "right", drawHistory(t, "right", right, true)),
		}
		store := drawStore(t)
		inputs, out := [2]zset{{}, {}}, zset{}
		for len(chunks[0])+len(chunks[1]) > 0 {
			in := make([]Batch, 2)
			feed := rapid.IntRange(1, 3).Draw(t, "feed")
			for side := range in {
				if feed&(1<<side) != 0 && len(chunks[side]) > 0 {
					in[side], chunks[side] = chunks[side][0], chunks[side][1:]
					inputs[side].add(in[side])
				}
			}
			got, err := j.Step(store.step(), in)
			if err != nil {
				t.Fatal(err)
			}
			out.add(got)
			if want := twinJoin(j, inputs[0], inputs[1]); out.String() != want.String() {
				t.Fatalf("after %v:\n%vinstead of\n%v", in, out, want)
			}
			store.settle(t, false)
		}
		requireDrained(t, store)
	})
}

// TestSelfJoinEqualsTwin feeds both sides of a join with the same changes.
func TestSelfJoinEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j, left, _ := drawJoin(t)
		for i := range j.Right.Columns {
			j.Right.Columns[i] = rapid.IntRange(0, len(left)-1).Draw(t, "key")
		}
		store := drawStore(t)
		input, out := zset{}, zset{}
		for _, chunk := range drawChunks(t, "input", drawHistory(t, "input", left, true)) {
			input.add(chunk)
			got, err := j.Step(store.step(), []Batch{chunk, chunk})
			if err != nil {
				t.Fatal(err)
			}
			out.add(got)
			if want := twinJoin(j, input, input); out.String() != want.String() {
				t.Fatalf("after %v:\n%vinstead of\n%v", chunk, out, want)
			}
			store.settle(t, false)
		}
		requireDrained(t, store)
	})
}

// TestTracedJoinEqualsTwin reads one side from a trace, which shows that side after the whole step while its deltas come
// in chunks, before those of the other side.
func TestTracedJoinEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j, left, right := drawJoinBy(t, []Collation{Binary, NoCase, RTrim}, false)
		traced := rapid.IntRange(0, 1).Draw(t, "traced side")
		side := []*JoinSide{&j.Left, &j.Right}[traced]
		trace := &twinTrace{rows: zset{}, columns: side.Columns, collations: j.Collations}
		*side = JoinSide{Columns: side.Columns, Trace: trace}
		history := [2]Batch{drawHistory(t, "left", left, true), drawHistory(t, "right", right, true)}
		store := drawStore(t)
		inputs, out := [2]zset{{}, {}}, zset{}
		for len(history[0])+len(history[1]) > 0 {
			var now [2]Batch
			for i := range now {
				n := rapid.IntRange(0, len(history[i])).Draw(t, "step")
				now[i], history[i] = history[i][:n], history[i][n:]
				inputs[i].add(now[i])
			}
			trace.rows = inputs[traced]
			for _, i := range []int{traced, 1 - traced} {
				for _, chunk := range drawChunks(t, "step", now[i]) {
					in := make([]Batch, 2)
					in[i] = chunk
					got, err := j.Step(store.step(), in)
					if err != nil {
						t.Fatal(err)
					}
					out.add(got)
					store.settle(t, false)
				}
			}
			if want := twinJoin(j, inputs[0], inputs[1]); out.String() != want.String() {
				t.Fatalf("after %v:\n%vinstead of\n%v", now, out, want)
			}
		}
		requireDrained(t, store)
	})
}

// TestJoinKeepsNoNull says that rows that can never match take no room.
func TestJoinKeepsNoNull(t *testing.T) {
	store := NewMemoryStore()
	j := &Join{Left: JoinSide{Columns: []int{0}, ID: 1, Kept: true}, Right: JoinSide{Columns: []int{0}, ID: 2, Kept: true},
		Collations: []Collation{Binary}}
	out, err := j.Step(&Step{Store: store}, []Batch{{{Row: Row{{}}, Weight: 1}}, {{Row: Row{{}}, Weight: 1}}})
	require.NoError(t, err)
	require.Empty(t, out)
	require.Empty(t, contentsOf(store).elements)
}

// TestJoinNeedsTheOtherSide says that a plan which forgot to keep a side fails instead of losing rows.
func TestJoinNeedsTheOtherSide(t *testing.T) {
	j := &Join{Left: JoinSide{ID: 1, Kept: true}, Right: JoinSide{ID: 2}}
	one := Batch{{Row: Row{NewInteger(1)}, Weight: 1}}
	_, err := j.Step(&Step{Store: NewMemoryStore()}, []Batch{one, nil})
	require.ErrorContains(t, err, "not kept")

	trace := &twinTrace{rows: zset{}}
	j = &Join{Left: JoinSide{Trace: trace}, Right: JoinSide{Trace: trace}}
	_, err = j.Step(&Step{Store: NewMemoryStore()}, []Batch{one, one})
	require.ErrorContains(t, err, "both sides are traces")
}

// TestJoinDamaged says that a row that can't be decoded is an error.
func TestJoinDamaged(t *testing.T) {
	store := NewMemoryStore()
	require.NoError(t, store.Add(2, "", "\x12", 1))
	j := &Join{Left: JoinSide{ID: 1, Kept: true}, Right: JoinSide{ID: 2, Kept: true}}
	_, err := j.Step(&Step{Store: store}, []Batch{{{Row: Row{NewInteger(1)}, Weight: 1}}, nil})
	require.ErrorIs(t, err, ErrCorrupt)
}

// echoTrace has, for every key, the key itself as its only row.
type echoTrace struct{}

func (echoTrace) Rows(_ *Step, key Row, yield func(Row, int64) error) error { return yield(key, 1) }

// TestJoinAsksTraceForEachValue says that a trace, which compares as SQLite does, is asked for 1 and for 1.0: to a TEXT
// column they are different keys.
func TestJoinAsksTraceForEachValue(t *testing.T) {
	j := &Join{Left: JoinSide{Columns: []int{0}, ID: 1, Kept: true}, Right: JoinSide{Columns: []int{0}, Trace: echoTrace{}},
		Collations: []Collation{Binary}}
	store := NewMemoryStore()
	one, real := NewInteger(1), NewReal(1)
	out, err := j.Step(&Step{Store: store}, []Batch{{{Row: Row{one}, Weight: 1}, {Row: Row{real}, Weight: 2}}, nil})
	require.NoError(t, err)
	require.ElementsMatch(t, Batch{{Row: Row{one, one}, Weight: 1}, {Row: Row{real, real}, Weight: 2}}, out)
	// To the right side's deltas they are one key.
	out, err = j.Step(&Step{Store: store}, []Batch{nil, {{Row: Row{one}, Weight: 1}}})
	require.NoError(t, err)
	require.ElementsMatch(t, Batch{{Row: Row{one, one}, Weight: 1}, {Row: Row{real, one}, Weight: 2}}, out)
}
