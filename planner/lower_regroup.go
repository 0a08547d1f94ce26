package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// regroupNode is dbsp.Regroup.
type regroupNode struct {
	output
	regroup dbsp.Regroup
	spec    GroupSpec
	// keys[i] is the group column that output column i shows, -1 for none.
	keys []int
	// exprs are spec's for people.
	exprs []string
	first string
}

func (n *regroupNode) operator(env Env) (dbsp.Operator, error) {
	e, err := env.GroupEvaluator(n.regroup.ID, n.spec)
	if err != nil {
		return nil, err
	}
	r := n.regroup
	r.Evaluator = e
	return &r, nil
}

func (n *regroupNode) identity(numbered bool) string {
	var input []string
	for _, c := range n.spec.Input {
		input = append(input, fmt.Sprint(c.Affinity, c.Collation))
	}
	r := n.regroup
	if !numbered {
		r.ID, r.RowsID = 0, 0
	}
	return fmt.Sprintf("regroup %v %d %d %v %v %q %q %v", n.inputs, r.ID, r.RowsID, r.Group, r.Global, n.spec.Exprs, n.spec.OrderBy, input)
}

func (n *regroupNode) tree(p *Plan) *Tree {
	t := &Tree{Operator: "recompute", Detail: strings.Join(n.exprs, ", "), State: []string{"all rows per group"}}
	if n.first != "" {
		t.Detail = "first " + t.Detail + " in order of " + n.first
	}
	var keys []string
	for _, k := range n.regroup.Group {
		keys = append(keys, p.columnName(n.inputs[0], k.Column)+collated(k.Collation))
	}
	if len(keys) > 0 {
		t.Detail += " by " + strings.Join(keys, ", ")
	}
	return t
}

// regroup lowers a recomputed grouping. It gives all its columns: which row the bare ones come from may depend on any of
// the functions.
func (l *lowering) regroup(r *regroup) stream {
	below := colSet{}
	for _, k := range r.keys {
		below.add(k.id)
	}
	for _, e := range r.exprs() {
		below.addRefs(e)
	}
	s := l.exact(l.lower(r.in, below), below)
	n := &regroupNode{output: output{inputs: []int{s.node}}}
	n.spec.Input = l.nodes[s.node].Columns()
	n.regroup = dbsp.Regroup{ID: l.id(), RowsID: l.id(), Global: r.global, Width: len(r.outs), Single: true}
	for _, k := range r.keys {
		n.regroup.Group = append(n.regroup.Group, dbsp.KeyColumn{Column: s.at[k.id], Collation: k.collate()})
	}
	w := &exprWriter{cols: l.cols, at: s.at}
	out := stream{at: map[colID]int{}}
	for i, o := range r.outs {
		out.at[o.id] = i
		n.spec.Exprs = append(n.spec.Exprs, w.text(o.expr))
		n.exprs = append(n.exprs, l.cols.name(o.expr))
		n.columns = append(n.columns, column(l.cols.of(o.id)))
		key := -1
		if x, ok := sqltext.Unparen(o.expr).(*ref); ok {
			key = slices.IndexFunc(r.keys, func(k groupKey) bool { return k.id == x.id })
		}
		n.keys = append(n.keys, key)
	}
	var order, first []string
	for _, k := range r.first {
		suffix := [...]string{"", " ASC", " DESC"}[k.order] + [...]string{"", " NULLS FIRST", " NULLS LAST"}[k.nulls]
		order, first = append(order, w.text(k.expr)+suffix), append(first, l.cols.name(k.expr)+suffix)
	}
	n.spec.OrderBy, n.first = strings.Join(order, ", "), strings.Join(first, ", ")
	out.node = l.add(n)
	return out
}
