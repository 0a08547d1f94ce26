package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Presence is a distinct that keeps no counts: whether a row is there is asked of the tables that its rows come from.
type Presence struct {
	// Collations compare the columns.
	Collations []dbsp.Collation
	Tables     []PresentIn
}

// PresentIn is one table that has rows of a Presence.
type PresentIn struct {
	Source int // index into Plan.Sources
	// Columns are those of the source's delta row that the Presence's columns show.
	Columns []int
	// Filter, when not nil, tells which rows count: its Exprs are the Presence's columns. FilterColumns are those of the
	// source's delta row that its input consists of. Only where a key has one row at most.
	Filter        *ExprSpec
	FilterColumns []int
	Index         string
}

// identity tells what is asked from anything else that is; p may be nil.
func (p *Presence) identity() string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for _, t := range p.Tables {
		fmt.Fprint(&b, " present in ", t.Source, t.Columns)
		if t.Filter != nil {
			fmt.Fprintf(&b, " where %q %v", t.Filter.Where, t.FilterColumns)
		}
	}
	return b.String()
}

// presences finds the distincts that need no counts. Their rows come from tables used once in the view, as they are or
// filtered; equal ones are identical; and an index finds all of a key, so that a change costs no more than there are
// changes. With a filter the key must be unique: else SQLite would pass over rows that do not count.
func (l *lowering) presences() {
	ordered := map[int]bool{} // sources that are fed in the order of a distinct when the view is filled
	for at, n := range l.nodes {
		d, ok := n.(*distinctNode)
		if !ok || slices.Contains(d.distinct.Variants, true) || len(d.columns) == 0 {
			continue
		}
		p := &Presence{Collations: d.distinct.Collations}
		if !l.presentIn(p, d.inputs[0], upTo(len(d.columns))) || !l.asksApart(at, p) {
			continue
		}
		if slices.ContainsFunc(p.Tables, func(t PresentIn) bool { return ordered[t.Source] }) {
			continue
		}
		for _, t := range p.Tables {
			ordered[t.Source] = true
		}
		d.present = p
	}
}

// asksApart tells whether no join that reads the rows of node has changes of the same tables on its other side: while the
// view is filled, these would ask for rows that are not all fed.
func (l *lowering) asksApart(node int, p *Presence) bool {
	for _, n := range l.nodes {
		j, ok := n.(*joinNode)
		if !ok {
			continue
		}
		for i, side := range []*joinInput{&j.left, &j.right} {
			if side.group == nil {
				continue
			}
			if at, _, _, _ := groupBelow(l.nodes, j.inputs[i]); at != node {
				continue
			}
			beside := l.sourcesBelow(j.inputs[1-i])
			if slices.ContainsFunc(p.Tables, func(t PresentIn) bool { return beside[t.Source] }) {
				return false
			}
		}
	}
	return true
}

// presentIn adds to p the tables that the rows of node come from, whose columns at positions are those of p. It reports
// false where they can't be asked.
func (l *lowering) presentIn(p *Presence, node int, positions []int) bool {
	var filter *applyNode
	var input []int // filter's, in the source's delta row
	for {
		switch n := l.nodes[node].(type) {
		case *permuteNode:
			node, positions = n.inputs[0], at(n.positions, positions)
			continue
		case *unionNode:
			if filter != nil {
				return false
			}
			for _, in := range n.inputs {
				if !l.presentIn(p, in, positions) {
					return false
				}
			}
			return true
		case *applyNode:
			if !n.harmless || slices.ContainsFunc(positions, func(at int) bool { return n.pass[at] < 0 }) {
				return false
			}
			node, positions = n.inputs[0], at(n.pass, positions)
			if n.spec.Where == "" {
				continue // it computes columns that others need
			}
			if filter != nil {
				return false
			}
			if _, input = tableInput(l.nodes, l.sources, n); input == nil {
				return false
			}
			filter = n
			continue
		case *sourceNode:
			t := PresentIn{Source: n.source, Columns: positions}
			if slices.ContainsFunc(p.Tables, func(o PresentIn) bool { return o.Source == n.source }) {
				return false
			}
			unique, ok := l.finds(&t)
			if !ok || filter != nil && !unique {
				return false
			}
			if filter != nil {
				t.FilterColumns = input
				t.Filter = &ExprSpec{Input: filter.spec.Input, Where: filter.spec.Where}
				for _, c := range positions {
					t.Filter.Exprs = append(t.Filter.Exprs, inputName(slices.Index(t.FilterColumns, c)))
				}
			}
			p.Tables = append(p.Tables, t)
			return true
		}
		return false
	}
}

// finds tells whether an index of the table finds the rows with given values in t.Columns, and whether that is one at most.
func (l *lowering) finds(t *PresentIn) (unique, ok bool) {
	s := l.sources[t.Source]
	if s.Table.Kind != OrdinaryTable || l.uses[s.Table] != 1 {
		return false, false
	}
	keys := map[int]bool{}
	for _, c := range t.Columns {
		col := s.Table.Columns[s.Columns[c]]
		if !uniformAffinity(col.Affinity) || orBinary(col.Collation) != binary {
			return false, false
		}
		keys[s.Columns[c]] = true
	}
	if s.Table.RowidAlias >= 0 && keys[s.Table.RowidAlias] {
		t.Index = "primary key"
		return true, true
	}
	for _, x := range s.Table.Indexes {
		n, null := 0, false
		for n < len(x.Columns) && keys[x.Columns[n]] && orBinary(x.Collations[n]) == binary {
			null = null || !s.Table.Columns[x.Columns[n]].NotNull
			n++
		}
		one := x.Unique && n == len(x.Columns) && !null
		if one || n == len(keys) && !ok {
			t.Index, unique, ok = "index "+x.Name, one, true
		}
		if one {
			break
		}
	}
	return unique, ok
}
