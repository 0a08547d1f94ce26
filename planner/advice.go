package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// Advice is what there is to say of a plan's costs, for people who decide whether to make the view, and how.
type Advice struct {
	// State lists what operators keep, each with its operator; the output is not among it.
	State []string
	// Indexes are CREATE INDEX statements, each with a comment that says what the index saves.
	Indexes []string
	// Warnings name what costs more per change the more rows there are.
	Warnings []string
}

// Advice looks the plan's operators over.
func (p *Plan) Advice() Advice {
	a := &advisor{p: p, single: map[int]bool{}}
	for at, n := range p.nodes {
		a.single[at] = a.atMostOne(at)
		if t := n.tree(p); len(t.State) > 0 {
			for _, s := range t.State {
				if !strings.Contains(s, " side read from ") && !strings.Contains(s, "looked up ") { // which is no state of its own
					s, _, _ = strings.Cut(s, "; an index on")
					a.State = append(a.State, t.Title()+": "+s)
				}
			}
		}
		switch n := n.(type) {
		case *joinNode:
			a.join(n)
		case *regroupNode:
			a.regroup(n)
		}
	}
	return a.Advice
}

type advisor struct {
	Advice
	p      *Plan
	single map[int]bool // nodes that give one row at most
}

// atMostOne tells whether a node gives one row at most, given that of those before it.
func (a *advisor) atMostOne(at int) bool {
	in := a.p.nodes[at].Inputs()
	all := len(in) > 0 && !slices.ContainsFunc(in, func(i int) bool { return !a.single[i] })
	switch n := a.p.nodes[at].(type) {
	case *aggregateNode:
		return n.aggregate.Global || all
	case *regroupNode:
		return n.regroup.Global || all
	case *distinctNode:
		return all || a.constant(in[0])
	case *applyNode:
		return n.spec.From == "" && all
	case *differenceNode:
		return a.single[in[0]]
	case *unionNode:
		return all && (len(in) == 1 || len(in) == 2 && a.lookup(n))
	}
	return all
}

// lookup tells whether a union is that of the rows of one input with their only partner, and of those without one.
func (a *advisor) lookup(n *unionNode) bool {
	_, ok := a.p.nodes[n.inputs[1]].(*differenceNode)
	return ok
}

// constant tells whether all rows that a node gives are alike.
func (a *advisor) constant(at int) bool {
	switch n := a.p.nodes[at].(type) {
	case *constantNode:
		return !slices.ContainsFunc(n.positions, func(c int) bool { return c >= 0 })
	case *permuteNode:
		return a.constant(n.inputs[0])
	}
	return false
}

// join warns of a join whose every row meets every other, and finds indexes.
func (a *advisor) join(n *joinNode) {
	if len(n.keys) == 0 && !n.rare {
		left, right := a.single[n.inputs[0]], a.single[n.inputs[1]]
		switch {
		case left && right:
		case left || right:
			one, many := n.inputs[0], n.inputs[1]
			if right {
				one, many = many, one
			}
			if len(a.p.readBelow(one)) == 0 {
				break // of constants
			}
			a.warn("all rows of %s are worked out again each time that this changes: %s",
				a.p.tablesBelow(many), a.p.single(one))
		default:
			left, right := a.p.tablesBelow(n.inputs[0]), a.p.tablesBelow(n.inputs[1])
			if left == right {
				a.warn("each change of %s meets all rows of it: no equality relates them", left)
				break
			}
			a.warn("each change of %s meets all rows of %s, and the other way round: no equality relates them", left, right)
		}
		return
	}
	for i, side := range []*joinInput{&n.left, &n.right} {
		t, columns := a.p.keyColumns(n.inputs[i], side.columns)
		switch {
		case t == nil:
		case side.advice != "":
			a.index(t, columns, "saves the copy of "+t.Name+" kept for the join on "+strings.Join(n.keys, " and "))
		case side.base != nil && len(columns) > 1:
			used := 0
			for _, x := range t.Indexes {
				if "index "+x.Name == side.base.Index {
					for used < len(x.Columns) && slices.Contains(columns, t.Columns[x.Columns[used]].Name) {
						used++
					}
				}
			}
			if used > 0 && used < len(columns) {
				a.index(t, columns, "saves scanning the rows that "+side.base.Index+" finds for the join on "+strings.Join(n.keys, " and "))
			}
		}
	}
}

// regroup warns of groups that are computed anew.
func (a *advisor) regroup(n *regroupNode) {
	var computed []string
	for i, e := range n.exprs {
		if n.keys[i] < 0 {
			computed = append(computed, e)
		}
	}
	what := strings.Join(computed, ", ")
	if n.first != "" {
		what = "the first row in order of " + n.first
	}
	var keys []string
	for _, k := range n.regroup.Group {
		keys = append(keys, a.p.columnName(n.inputs[0], k.Column))
	}
	if len(keys) == 0 {
		a.warn("%s: each change costs as much as there are rows of %s", what, a.p.tablesBelow(n.inputs[0]))
		return
	}
	a.warn("%s: a change costs as much as its group by %s has rows", what, strings.Join(keys, ", "))
}

func (a *advisor) warn(format string, args ...any) {
	if w := fmt.Sprintf(format, args...); !slices.Contains(a.Warnings, w) {
		a.Warnings = append(a.Warnings, w)
	}
}

// index advises an index on columns of t.
func (a *advisor) index(t *Table, columns []string, why string) {
	var quoted []string
	name := t.Name
	for _, c := range columns {
		name += "_" + c
		quoted = append(quoted, sqltext.QuoteIdent(c))
	}
	for taken := func(x Index) bool { return sameName(x.Name, name) }; slices.ContainsFunc(t.Indexes, taken); {
		name += "_2"
	}
	schema := ""
	if !sameName(t.Schema, "main") {
		schema = sqltext.QuoteIdent(t.Schema) + "."
	}
	sql := "CREATE INDEX " + schema + sqltext.QuoteIdent(name) + " ON " + sqltext.QuoteIdent(t.Name) + "(" + strings.Join(quoted, ", ") + ");"
	if !slices.ContainsFunc(a.Indexes, func(x string) bool { return strings.HasPrefix(x, sql) }) {
		a.Indexes = append(a.Indexes, sql+" -- "+why)
	}
}

// keyColumns returns the table that a join side is, and the names of its columns at positions of the side's rows; nil where
// it is something else.
func (p *Plan) keyColumns(node int, positions []int) (*Table, []string) {
	node, positions = chosen(p.nodes, node, positions)
	src, ok := p.nodes[node].(*sourceNode)
	if !ok {
		return nil, nil
	}
	s := p.Sources[src.source]
	var names []string
	for _, c := range positions {
		if name := s.Table.Columns[s.Columns[c]].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return s.Table, names
}

// readBelow returns the sources that reach a node, in order.
func (p *Plan) readBelow(node int) []int {
	var found []int
	if s, ok := p.nodes[node].(*sourceNode); ok {
		found = append(found, s.source)
	}
	for _, in := range p.nodes[node].Inputs() {
		for _, s := range p.readBelow(in) {
			if !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	slices.Sort(found)
	return found
}

// tablesBelow names the tables that reach a node.
func (p *Plan) tablesBelow(node int) string {
	var names []string
	for _, s := range p.readBelow(node) {
		names = append(names, p.Sources[s].Table.Name)
	}
	if names == nil {
		return "constants"
	}
	return strings.Join(names, " and ")
}

// single names what gives one row at most.
func (p *Plan) single(node int) string {
	switch n := p.nodes[node].(type) {
	case *aggregateNode:
		var calls []string
		for _, c := range n.aggregate.Aggregates {
			arg := "*"
			if c.Func != dbsp.CountStar {
				arg = p.columnName(n.inputs[0], c.Column)
			}
			calls = append(calls, c.Func.String()+"("+arg+")")
		}
		if len(calls) > 0 {
			return strings.Join(calls, ", ") + " of " + p.tablesBelow(node)
		}
	case *regroupNode:
		return strings.Join(n.exprs, ", ") + " of " + p.tablesBelow(node)
	case *distinctNode:
		return "whether there are rows of " + p.tablesBelow(node)
	case *permuteNode, *applyNode, *constantNode, *unionNode:
		return p.single(n.Inputs()[0])
	}
	return "a subquery of " + p.tablesBelow(node)
}
