package dbsp

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawAggregate draws an Aggregate over random columns.
func drawAggregate(t *rapid.T) (*Aggregate, []column) {
	a := &Aggregate{ID: 1, VariantsID: 2, ElementsID: 3, Global: rapid.IntRange(0, 3).Draw(t, "global") == 0}
	var columns []column
	if !a.Global {
		columns = drawColumns(t, "group", 1, 2)
		for i, c := range columns {
			a.Group = append(a.Group, KeyColumn{Column: i, Collation: c.collation, Variants: c.variants})
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "aggregates") {
		c := drawColumn(t, "argument")
		a.Aggregates = append(a.Aggregates, AggregateColumn{
			Func:   rapid.SampledFrom([]AggFunc{CountStar, Count, Sum, Total, Avg, Min, Max}).Draw(t, "function"),
			Column: len(columns), Collation: c.collation, Variants: c.variants,
			Distinct: rapid.IntRange(0, 2).Draw(t, "distinct") == 0,
		})
		columns = append(columns, c)
	}
	return a, columns
}

// TestAggregateEqualsTwin runs random histories and compares with the aggregation of what is there after each step.
func TestAggregateEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, columns := drawAggregate(t)
		drain := rapid.Bool().Draw(t, "drain")
		history := drawHistory(t, "history", columns, drain)
		var final []zset
		for _, label := range []string{"one", "two"} {
			store := drawStore(t)
			out, input, failures := keyedOutput{}, zset{}, zset{}
			step := func(b Batch) {
				input.add(b)
				got, err := a.Step(store.step(), []Batch{b})
				if err != nil {
					t.Fatal(err)
				}
				out.apply(t, got)
				failures = failedRows(t, a, store)
				checkAggregate(t, a, input, out, failures)
				store.settle(t, false)
			}
			step(nil)
			for _, chunk := range drawChunks(t, label, history) {
				step(chunk)
			}
			got, err := a.Step(store.step(), []Batch{nil})
			if err != nil || len(got) > 0 {
				t.Fatalf("an empty step gave %v, %v", got, err)
			}
			final = append(final, out.zset(), failures)
			if drain {
				store.settle(t, true)
				left := contentsOf(store.base)
				if a.Global {
					delete(left.accumulators, "1 ")
				}
				if len(left.accumulators)+len(left.elements) != 0 {
					t.Fatalf("left over: %v", left)
				}
			}
		}
		if final[0].String() != final[2].String() || final[1].String() != final[3].String() {
			t.Fatalf("the chunks matter: once\n%v%vthen\n%v%v", final[0], final[1], final[2], final[3])
		}
	})
}

// failedRows returns the rows of FailureOp, as a Z-set.
func failedRows(t *rapid.T, a *Aggregate, s Store) zset {
	z := zset{}
	err := s.Elements(FailureOp, "", "", func(element string, weight int64) bool {
		op, row, message, err := DecodeFailure(element)
		if err != nil || op != a.ID || message != "integer overflow" {
			t.Fatalf("failure of %d: %q, %v", op, message, err)
		}
		z.add(Batch{{Row: row, Weight: weight}})
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// checkAggregate compares rows and failures with the aggregation of input.
func checkAggregate(t *rapid.T, a *Aggregate, input zset, out keyedOutput, failures zset) {
	var groups []Batch
	if a.Global {
		groups = append(groups, nil)
	}
next:
	for _, d := range input.rows() {
		for i, g := range groups {
			if a.Global || sameGroup(a, g[0].Row, d.Row) {
				groups[i] = append(g, d)
				continue next
			}
		}
		groups = append(groups, Batch{d})
	}
	failed := 0
	for _, g := range groups {
		if overflows(a, g) {
			failed++
			requireTuple(t, a, g, failures)
			continue
		}
		key := []byte{}
		for _, k := range a.Group {
			key = AppendKey(key, g[0].Row[k.Column], k.Collation)
		}
		row, ok := out[string(key)]
		if !ok || len(row) != len(a.Group)+len(a.Aggregates) {
			t.Fatalf("group %v has the row %v", g, row)
		}
		if !a.Global && !tupleExists(a, g, row) {
			t.Fatalf("the group columns of %v are in no row of %v", row, g)
		}
		for i, c := range a.Aggregates {
			checkResult(t, c, g, row[len(a.Group)+i])
		}
	}
	if len(out) != len(groups)-failed || len(failures) != failed {
		t.Fatalf("%d rows and %d failures for %d groups, of which %d fail", len(out), len(failures), len(groups), failed)
	}
}

func sameGroup(a *Aggregate, x, y Row) bool {
	for _, k := range a.Group {
		if twinCompare(x[k.Column], y[k.Column], k.Collation) != 0 {
			return false
		}
	}
	return true
}

// tupleExists tells whether the group columns of an output row are together in a row of the group.
func tupleExists(a *Aggregate, g Batch, row Row) bool {
	for _, d := range g {
		same := true
		for i, k := range a.Group {
			same = same && d.Row[k.Column] == row[i]
		}
		if same {
			return true
		}
	}
	return false
}

func requireTuple(t *rapid.T, a *Aggregate, g Batch, failures zset) {
	for _, f := range failures.rows() {
		if f.Weight == 1 && (a.Global && len(f.Row) == 0 || !a.Global && tupleExists(a, g, f.Row)) {
			return
		}
	}
	t.Fatalf("no failure for %v in %v", g, failures)
}

// values returns the values that an aggregate takes in, NULLs left out, with variants: the members of each class of
// equal values when it is DISTINCT, each value for itself when not.
func values(c AggregateColumn, g Batch) (classes []Batch) {
next:
	for _, d := range g {
		v := d.Row[c.Column]
		if v.IsNull() {
			continue
		}
		one := Delta{Row: Row{v}, Weight: d.Weight}
		if c.Distinct {
			one.Weight = 1
			for i, class := range classes {
				if twinCompare(class[0].Row[0], v, c.Collation) == 0 {
					classes[i] = append(class, one)
					continue next
				}
			}
		}
		classes = append(classes, Batch{one})
	}
	return classes
}

// twinSum is the exact sum of one member of each class.
type twinSum struct {
	values          int64
	total           *big.Rat
	plus, minus     bool
	mayInt, mayReal bool // the sum may be INTEGER, may be REAL
}

func summed(c AggregateColumn, g Batch) twinSum {
	s := twinSum{total: new(big.Rat), mayInt: true}
	for _, class := range values(c, g) {
		w := class[0].Weight
		s.values += w
		hasInt, hasReal := false, false
		var n Value
		for _, d := range class {
			n = d.Row[0]
			if n.Kind() == Text || n.Kind() == Blob {
				n, _ = twinNumeric(n)
			}
			hasInt = hasInt || n.Kind() == Integer
			hasReal = hasReal || n.Kind() == Real
		}
		s.mayInt = s.mayInt && hasInt
		s.mayReal = s.mayReal || hasReal
		if n.Kind() == Real && math.IsInf(n.Real(), 0) {
			s.plus = s.plus || n.Real() > 0
			s.minus = s.minus || n.Real() < 0
			continue
		}
		term, _ := twinNumber(n).Rat(nil)
		s.total.Add(s.total, term.Mul(term, new(big.Rat).SetInt64(w)))
	}
	return s
}

func (s twinSum) float() float64 {
	switch {
	case s.plus && s.minus:
		return math.NaN()
	case s.plus:
		return math.Inf(1)
	case s.minus:
		return math.Inf(-1)
	}
	f, _ := s.total.Float64()
	return f
}

// overflows tells whether some integer sum of the group is outside the INTEGER range. Where a class has an INTEGER and a
// REAL member either may stand for it; the drawn domains have no such class that matters.
func overflows(a *Aggregate, g Batch) bool {
	for _, c := range a.Aggregates {
		if c.Func != Sum {
			continue
		}
		if s := summed(c, g); s.values > 0 && s.mayInt && !s.mayReal && !s.total.Num().IsInt64() {
			return true
		}
	}
	return false
}

// checkResult compares one aggregate with what the rows of the group give.
func checkResult(t *rapid.T, c AggregateColumn, g Batch, got Value) {
	fail := func(want any) {
		t.Helper()
		t.Fatalf("%v distinct=%v is %v (%v) instead of %v over %v", c.Func, c.Distinct, got, got.Kind(), want, g)
	}
	s := twinSum{}
	if c.Func != CountStar {
		s = summed(c, g)
	}
	switch c.Func {
	case CountStar:
		n := int64(0)
		for _, d := range g {
			n += d.Weight
		}
		if got != NewInteger(n) {
			fail(n)
		}
	case Count:
		if got != NewInteger(s.values) {
			fail(s.values)
		}
	case Sum:
		switch {
		case s.values == 0:
			if !got.IsNull() {
				fail("NULL")
			}
		case got.Kind() == Integer:
			if !s.mayInt || s.total.Cmp(new(big.Rat).SetInt64(got.Int())) != 0 {
				fail(s)
			}
		case !s.mayReal || got != NewReal(s.float()):
			fail(s)
		}
	case Total:
		if got != NewReal(s.float()) {
			fail(s.float())
		}
	case Avg:
		if s.values == 0 && !got.IsNull() || s.values > 0 && got != NewReal(s.float()/float64(s.values)) {
			fail(s)
		}
	case Min, Max:
		var best Value
		exists := s.values == 0 && got.IsNull()
		for _, class := range values(c, g) {
			for _, d := range class {
				v := d.Row[0]
				order := twinCompare(v, best, c.Collation)
				if best.IsNull() || c.Func == Min && order < 0 || c.Func == Max && order > 0 {
					best = v
				}
				exists = exists || v == got
			}
		}
		if !exists || twinCompare(best, got, c.Collation) != 0 {
			fail(best)
		}
	}
}

func TestAggregateStart(t *testing.T) {
	a := &Aggregate{ID: 1, ElementsID: 3, Global: true, Aggregates: []AggregateColumn{
		{Func: CountStar}, {Func: Count}, {Func: Sum}, {Func: Total}, {Func: Avg}, {Func: Min}, {Func: Max}}}
	s := &Step{Store: NewMemoryStore()}
	out, err := a.Step(s, []Batch{nil})
	require.NoError(t, err)
	require.Equal(t, Batch{{Row: Row{NewInteger(0), NewInteger(0), {}, NewReal(0), {}, {}, {}}, Weight: 1}}, out)
	out, err = a.Step(s, []Batch{nil})
	require.NoError(t, err)
	require.Empty(t, out)
}
