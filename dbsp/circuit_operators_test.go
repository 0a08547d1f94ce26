package dbsp

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// drawCircuit draws a circuit over two sources of two columns each: operators over operators, at random.
func drawCircuit(t *rapid.T, columns [2][]column) *Circuit {
	type output struct{ columns []column }
	nodes := []Node{{Source: 0}, {Source: 1}}
	outs := []output{{columns[0]}, {columns[1]}}
	for n := range rapid.IntRange(1, 6).Draw(t, "operators") {
		// New operators prefer new inputs, or the root would be reached by little.
		pick := func(label string) int {
			return len(outs) - 1 - rapid.IntRange(0, min(2, len(outs)-1)).Draw(t, label)
		}
		id := OpID(10 * (n + 1))
		in := pick("input")
		from := outs[in].columns
		some := func(label string) int { return rapid.IntRange(0, len(from)-1).Draw(t, label) }
		switch rapid.SampledFrom([]string{"join", "aggregate", "distinct", "union", "permute"}).Draw(t, "operator") {
		case "join":
			other := pick("right")
			j := &Join{Left: JoinSide{ID: id, Kept: true}, Right: JoinSide{ID: id + 1, Kept: true}}
			if len(from) > 0 && len(outs[other].columns) > 0 {
				j.Left.Columns = []int{some("left key")}
				j.Right.Columns = []int{rapid.IntRange(0, len(outs[other].columns)-1).Draw(t, "right key")}
				j.Collations = []Collation{NoCase}
			}
			nodes = append(nodes, Node{Operator: j, Inputs: []int{in, other}})
			outs = append(outs, output{append(append([]column{}, from...), outs[other].columns...)})
		case "aggregate":
			a := &Aggregate{ID: id, VariantsID: id + 1, ElementsID: id + 2}
			var out []column
			if len(from) == 0 || rapid.IntRange(0, 3).Draw(t, "global") == 0 {
				a.Global = true
			} else {
				c := some("group")
				a.Group = []KeyColumn{{Column: c, Collation: from[c].collation, Variants: true}}
				out = append(out, from[c])
			}
			for range rapid.IntRange(0, 2).Draw(t, "aggregates") {
				f := AggregateColumn{Func: CountStar}
				if len(from) > 0 {
					f = AggregateColumn{Func: rapid.SampledFrom([]AggFunc{Count, Sum, Avg, Min, Max}).Draw(t, "function"),
						Column: some("argument"), Distinct: rapid.Bool().Draw(t, "distinct"), Variants: true}
				}
				a.Aggregates = append(a.Aggregates, f)
				out = append(out, column{})
			}
			nodes, outs = append(nodes, Node{Operator: a, Inputs: []int{in}}), append(outs, output{out})
		case "distinct":
			d := &Distinct{ID: id, VariantsID: id + 1}
			for _, c := range from {
				d.Collations, d.Variants = append(d.Collations, c.collation), append(d.Variants, true)
			}
			nodes, outs = append(nodes, Node{Operator: d, Inputs: []int{in}}), append(outs, outs[in])
		case "union":
			other := pick("other")
			if len(outs[other].columns) != len(from) {
				other = in
			}
			nodes, outs = append(nodes, Node{Operator: Union{}, Inputs: []int{in, other}}), append(outs, outs[in])
		case "permute":
			p := &Permute{}
			var out []column
			for range rapid.IntRange(0, 3).Draw(t, "columns") {
				if len(from) == 0 {
					break
				}
				p.Columns = append(p.Columns, some("column"))
				out = append(out, from[p.Columns[len(p.Columns)-1]])
			}
			nodes, outs = append(nodes, Node{Operator: p, Inputs: []int{in}}), append(outs, output{out})
		}
	}
	return NewCircuit(nodes)
}

// TestCircuitEqualsFresh says that a circuit that was fed a history, one source at a time, has put out what the same
// circuit puts out when it is fed the sum of the history at once, and failed likewise.
func TestCircuitEqualsFresh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var columns [2][]column
		var chunks [2][]Batch
		for i := range columns {
			columns[i] = drawColumns(t, "source", 2, 2)
			history := drawHistory(t, "history", columns[i], rapid.Bool().Draw(t, "drain"))
			chunks[i] = drawChunks(t, "history", history[:min(len(history), 15)])
		}
		c := drawCircuit(t, columns)
		store := drawStore(t)
		out, inputs := zset{}, [2]zset{{}, {}}
		got, err := c.Start(store.step())
		for err == nil {
			out.add(got)
			want, failures := fresh(t, c, inputs)
			if out.String() != want.String() {
				t.Fatalf("%vinstead of\n%v", out, want)
			}
			if f := elementsOf(t, store, FailureOp); f != failures {
				t.Fatalf("failures %v instead of %v", f, failures)
			}
			store.settle(t, false)
			source := rapid.IntRange(0, 1).Draw(t, "source")
			if len(chunks[source]) == 0 {
				source = 1 - source
			}
			if len(chunks[source]) == 0 {
				return
			}
			chunk := chunks[source][0]
			chunks[source] = chunks[source][1:]
			inputs[source].add(chunk)
			got, err = c.Step(store.step(), source, chunk)
		}
		t.Fatal(err)
	})
}

func fresh(t *rapid.T, c *Circuit, inputs [2]zset) (out zset, failures string) {
	s := &Step{Store: NewMemoryStore(), Numeric: twinNumeric}
	out = zset{}
	got, err := c.Start(s)
	for i := 0; err == nil; i++ {
		out.add(got)
		if i == len(inputs) {
			return out, elementsOf(t, s.Store, FailureOp)
		}
		got, err = c.Step(s, i, inputs[i].rows())
	}
	t.Fatal(err)
	return nil, ""
}

func elementsOf(t *rapid.T, s Store, op OpID) (list string) {
	err := s.Elements(op, "", "", func(element string, weight int64) bool {
		list += fmt.Sprintf("%x × %d\n", element, weight)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
