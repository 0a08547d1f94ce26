package dbsp

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// twinGroups is a GroupEvaluator over two columns, written so that its result depends on every row and on their order. It
// fails groups that have the blob "a" in column 1.
type twinGroups struct {
	single bool
	// seen has the groups of the last call, calls counts them, most is the most rows that one had.
	seen  []Batch
	calls int
	most  int
}

func (e *twinGroups) Evaluate(groups []Batch, fail func(int, string) error) ([]Batch, error) {
	e.calls++
	e.seen = nil
	out, rows := make([]Batch, len(groups)), 0
	for i, g := range groups {
		var kept Batch
		for _, d := range g {
			kept = append(kept, Delta{Row: append(Row{}, d.Row...), Weight: d.Weight})
		}
		e.seen = append(e.seen, kept)
		rows += len(g)
		result, message := e.group(g)
		if message == "" {
			out[i] = result
			continue
		}
		out[i] = Batch{{Row: Row{NewText("nobody may see this")}, Weight: 1}}
		if err := fail(i, message); err != nil {
			return nil, err
		}
	}
	e.most = max(e.most, rows)
	return out, nil
}

// group returns the rows of one group, or why it fails.
func (e *twinGroups) group(g Batch) (Batch, string) {
	var all strings.Builder
	var copies int64
	var out Batch
	for _, d := range g {
		if d.Row[1] == NewBlob("a") {
			return nil, fmt.Sprintf("a blob, %d times", d.Weight)
		}
		copies += d.Weight
		fmt.Fprintf(&all, "%d×%v|", d.Weight, d.Row)
		if !d.Row[1].IsNull() {
			// Rows that may meet: several input rows give the same.
			out = append(out, Delta{Row: Row{NewText(d.Row[1].Kind().String()), NewInteger(0)}, Weight: d.Weight})
		}
	}
	if !e.single {
		if copies > 3 {
			out = append(out, Delta{Row: Row{NewText("many"), NewInteger(copies)}, Weight: 2})
		}
		return out, ""
	}
	if len(g) == 1 && g[0].Row[1] == NewInteger(1) {
		return nil, "" // a group that shows nothing
	}
	return Batch{{Row: Row{NewText(all.String()), NewInteger(copies)}, Weight: 1}}, ""
}

// drawRegroup draws a Regroup over random columns.
func drawRegroup(t *rapid.T) (*Regroup, *twinGroups, []column) {
	e := &twinGroups{single: rapid.Bool().Draw(t, "single")}
	r := &Regroup{ID: 1, RowsID: 2, Global: rapid.IntRange(0, 3).Draw(t, "global") == 0, Width: 2, Single: e.single, Evaluator: e}
	columns := drawColumns(t, "column", 2, 3)
	if !r.Global {
		for i := range rapid.IntRange(1, 2).Draw(t, "group columns") {
			c := columns[0].collation
			if rapid.IntRange(0, 4).Draw(t, "identity") == 0 {
				c = Identity
			}
			at := 0
			if i > 0 {
				at = len(columns) - 1
				c = columns[at].collation
			}
			r.Group = append(r.Group, KeyColumn{Column: at, Collation: c})
		}
	}
	return r, e, columns
}

// regrouped is what a Regroup should have put out over input: rows and failures, by group key where the rows have one.
func regrouped(r *Regroup, input zset) (rows keyedOutput, all, failures zset) {
	var groups []Batch
	if r.Global {
		groups = append(groups, nil)
	}
next:
	for _, d := range input.rows() { // in the order of their identities, as the arrangement has them
		for i, g := range groups {
			if r.Global || r.together(g[0].Row, d.Row) {
				groups[i] = append(g, d)
				continue next
			}
		}
		groups = append(groups, Batch{d})
	}
	rows, all, failures = keyedOutput{}, zset{}, zset{}
	for _, g := range groups {
		var key []byte
		group := Row{}
		if !r.Global {
			for _, k := range r.Group {
				key = AppendKey(key, g[0].Row[k.Column], k.Collation)
				group = append(group, g[0].Row[k.Column])
			}
		}
		result, message := r.Evaluator.(*twinGroups).group(g)
		if message != "" {
			failures.add(Batch{{Row: append(Row{NewText(message)}, group...), Weight: 1}})
			continue
		}
		all.add(result)
		if r.Single && len(result) > 0 {
			rows[string(key)] = result[0].Row
		}
	}
	return rows, all, failures
}

// together tells whether two rows are of one group.
func (r *Regroup) together(x, y Row) bool {
	for _, k := range r.Group {
		a, b := x[k.Column], y[k.Column]
		if k.Collation == Identity && a != b || k.Collation != Identity && twinCompare(a, b, k.Collation) != 0 {
			return false
		}
	}
	return true
}

// regroupFailures returns the failures there are: message and group columns.
func regroupFailures(t *rapid.T, r *Regroup, s Store) zset {
	z := zset{}
	err := s.Elements(FailureOp, "", "", func(element string, weight int64) bool {
		op, row, message, err := DecodeFailure(element)
		if err != nil || op != r.ID {
			t.Fatalf("failure of %d: %v", op, err)
		}
		z.add(Batch{{Row: append(Row{NewText(message)}, row...), Weight: weight}})
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestRegroupEqualsTwin runs random histories and compares with the groups of what is there after each step.
func TestRegroupEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e, columns := drawRegroup(t)
		drain := rapid.Bool().Draw(t, "drain")
		history := drawHistory(t, "history", columns, drain)
		for _, label := range []string{"one", "two"} {
			store := drawStore(t)
			keyed, out, input := keyedOutput{}, zset{}, zset{}
			step := func(b Batch) {
				before := zset{}
				before.add(input.rows())
				input.add(b)
				e.seen, e.calls = nil, 0
				got, err := r.Step(store.step(), []Batch{b})
				if err != nil {
					t.Fatal(err)
				}
				out.add(got)
				requireTouched(t, r, e, before, input)
				rows, all, failures := regrouped(r, input)
				if out.String() != all.String() {
					t.Fatalf("over\n%v\nthere are\n%vinstead of\n%v", input, out, all)
				}
				for i, d := range got {
					if i > 0 && got[i-1].Key == d.Key && got[i-1].Weight > 0 && d.Weight < 0 && r.Single {
						t.Fatalf("%v comes before %v goes", got[i-1], d)
					}
					if !r.Single && d.Key != "" {
						t.Fatalf("%v has a key", d)
					}
				}
				if r.Single {
					keyed.apply(t, got)
					if fmt.Sprint(keyed) != fmt.Sprint(rows) {
						t.Fatalf("%v instead of %v", keyed, rows)
					}
				}
				if f := regroupFailures(t, r, store); f.String() != failures.String() {
					t.Fatalf("failures\n%vinstead of\n%v", f, failures)
				}
				store.settle(t, false)
			}
			step(nil)
			for _, chunk := range drawChunks(t, label, history) {
				step(chunk)
			}
			if got, err := r.Step(store.step(), []Batch{nil}); err != nil || len(got) > 0 {
				t.Fatalf("an empty step gave %v, %v", got, err)
			}
			if drain {
				store.settle(t, true)
				left := contentsOf(store.base)
				if r.Global {
					delete(left.accumulators, "1 ")
				}
				if len(left.accumulators)+len(left.elements) != 0 {
					t.Fatalf("left over: %v", left)
				}
			}
		}
	})
}

// requireTouched says that only groups were evaluated of which the rows changed.
func requireTouched(t *rapid.T, r *Regroup, e *twinGroups, before, after zset) {
	if r.Global && e.calls == 1 && len(before) == 0 {
		return // the first step
	}
next:
	for _, g := range e.seen {
		for _, z := range []zset{before, after} {
			for id, w := range z {
				row, err := DecodeRow(id, nil)
				if err != nil {
					t.Fatal(err)
				}
				if (r.Global || r.together(g[0].Row, row)) && (before[id] != w || after[id] != w) {
					continue next
				}
			}
		}
		t.Fatalf("the group %v was evaluated and did not change", g)
	}
}
