package planner

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Tree describes a plan for people: one operator, and below it what feeds it.
type Tree struct {
	// Node is the operator's position in the plan; an operator that feeds several appears under each.
	Node     int
	Operator string   // "join", "aggregate", …
	Detail   string   // keys, expressions
	State    []string // what it keeps, and what could be saved; empty for stateless operators
	Inputs   []*Tree
	// Shared is set where an operator that feeds several appears again: it works, and keeps its state, once.
	Shared bool
}

// Explain returns the plan's operators, the root on top.
func (p *Plan) Explain() *Tree { return p.explain(p.root, map[int]bool{}) }

func (p *Plan) explain(at int, seen map[int]bool) *Tree {
	n := p.nodes[at]
	t := n.tree(p)
	t.Node, t.Shared = at, seen[at] && len(n.Inputs()) > 0
	if t.Shared {
		t.Detail, t.State = strings.TrimSpace(t.Detail+" (shared, as above)"), nil
		return t
	}
	seen[at] = true
	for _, in := range n.Inputs() {
		t.Inputs = append(t.Inputs, p.explain(in, seen))
	}
	return t
}

// columnName names column i of node at by where it comes from.
func (p *Plan) columnName(at, i int) string { return p.nodes[at].Columns()[i].Name }

func (n *sourceNode) tree(p *Plan) *Tree {
	s := p.Sources[n.source]
	var names []string
	for _, c := range s.Columns {
		names = append(names, s.Table.Columns[c].Name)
	}
	kind := "table"
	if s.Table.Kind == MaterializedView {
		kind = "view"
	}
	return &Tree{Operator: "changes", Detail: fmt.Sprintf("of %s %s(%s)", kind, s.Table.Name, strings.Join(names, ", "))}
}

func (n *permuteNode) tree(p *Plan) *Tree {
	var names []string
	for _, c := range n.positions {
		names = append(names, p.columnName(n.inputs[0], c))
	}
	return &Tree{Operator: "columns", Detail: strings.Join(names, ", ")}
}

func (n *applyNode) tree(*Plan) *Tree {
	t := &Tree{Operator: "filter", Detail: strings.Join(n.exprs, ", ")}
	for _, p := range n.pass {
		if p < 0 {
			t.Operator = "evaluate"
		}
	}
	if n.where != "" {
		t.Detail = strings.TrimSpace(t.Detail + " where " + n.where)
	}
	return t
}

func (n *unionNode) tree(*Plan) *Tree { return &Tree{Operator: "union all"} }

func (n *distinctNode) tree(p *Plan) *Tree {
	var names []string
	for i, c := range n.columns {
		names = append(names, c.Name+collated(n.distinct.Collations[i]))
	}
	t := &Tree{Operator: "distinct", Detail: strings.Join(names, ", "), State: []string{"count per row"}}
	if n.present != nil {
		t.State = nil
		for _, in := range n.present.Tables {
			t.State = append(t.State, "looked up in base "+p.Sources[in.Source].Table.Name+" via "+in.Index)
		}
	}
	for _, v := range n.distinct.Variants {
		if v {
			t.State = append(t.State, "variants of equal rows")
			break
		}
	}
	return t
}

func (n *aggregateNode) tree(p *Plan) *Tree {
	in := n.inputs[0]
	var keys, aggs []string
	t := &Tree{Operator: "aggregate"}
	ordered, varied := false, false
	for _, k := range n.aggregate.Group {
		keys = append(keys, p.columnName(in, k.Column)+collated(k.Collation))
		varied = varied || k.Variants
	}
	for _, a := range n.aggregate.Aggregates {
		arg := "*"
		if a.Func != dbsp.CountStar {
			arg = p.columnName(in, a.Column)
		}
		if a.Distinct {
			arg = "DISTINCT " + arg
		}
		aggs = append(aggs, a.Func.String()+"("+arg+")")
		ordered = ordered || a.Distinct || a.Func == dbsp.Min || a.Func == dbsp.Max
	}
	t.Detail = strings.Join(aggs, ", ")
	t.State = []string{"one accumulator"}
	if len(keys) > 0 {
		t.Detail = strings.TrimSpace(t.Detail + " by " + strings.Join(keys, ", "))
		t.State = []string{"one accumulator per group"}
	}
	if ordered {
		t.State = append(t.State, "values of min, max and DISTINCT per group")
	}
	if varied {
		t.State = append(t.State, "variants of equal keys per group")
	}
	return t
}

func collated(c dbsp.Collation) string {
	if c == dbsp.Binary {
		return ""
	}
	return " COLLATE " + c.String()
}

func (n *joinNode) tree(p *Plan) *Tree {
	t := &Tree{Operator: "join", Detail: "on " + strings.Join(n.keys, " and ")}
	if len(n.keys) == 0 {
		t.Detail = "cross"
	}
	for i, side := range []*joinInput{&n.left, &n.right} {
		name := []string{"left side ", "right side "}[i]
		switch {
		case side.base != nil:
			name += "read from base " + p.Sources[side.base.Source].Table.Name + " via " + side.base.Index
		case side.group != nil && side.group.present != nil:
			name += "looked up as below"
		case side.group != nil:
			name += "read from the groups below"
		default:
			name += "kept"
			if side.rows != nil {
				name += " as primary keys, rows read from base " + p.Sources[side.rows.Source].Table.Name
			}
			if side.advice != "" {
				name += "; " + side.advice
			}
		}
		t.State = append(t.State, name)
	}
	return t
}
