package planner

import "slices"

// MeetsNothing tells whether a source need not be fed when the view is filled: it comes in FillOrder before all that it
// meets, and whatever meets it reads it from its table.
func (p *Plan) MeetsNothing(source int) bool {
	at := slices.IndexFunc(p.nodes, func(n Node) bool {
		s, ok := n.(*sourceNode)
		return ok && s.source == source
	})
	later := map[int]bool{}
	for _, s := range p.FillOrder[slices.Index(p.FillOrder, source)+1:] {
		later[s] = true
	}
	return at >= 0 && p.onlyRead(at, later)
}

// onlyRead tells whether all that node feeds are joins that read that side from its table, and that only later sources
// reach on their other side.
func (p *Plan) onlyRead(node int, later map[int]bool) bool {
	if node == p.root {
		return false
	}
	for i, n := range p.nodes {
		for side, in := range n.Inputs() {
			if in != node {
				continue
			}
			switch n := n.(type) {
			case *permuteNode, *constantNode:
			case *unionNode:
				if len(n.inputs) > 1 {
					return false
				}
			case *distinctNode:
				if n.present == nil {
					return false
				}
			case *joinNode:
				s := [2]*joinInput{&n.left, &n.right}[side]
				if s.base == nil && (s.group == nil || s.group.present == nil) {
					return false
				}
				if slices.ContainsFunc(p.readBelow(n.inputs[1-side]), func(s int) bool { return !later[s] }) {
					return false
				}
				continue
			default:
				return false
			}
			if !p.onlyRead(i, later) {
				return false
			}
		}
	}
	return true
}

// FillsInOrder returns the columns of a source's delta row in whose order it must be fed when the view is filled: those of a
// distinct with Presence. nil means any order.
func (p *Plan) FillsInOrder(source int) []int {
	for _, n := range p.nodes {
		if d, ok := n.(*distinctNode); ok && d.present != nil {
			for _, t := range d.present.Tables {
				if t.Source == source {
					return t.Columns
				}
			}
		}
	}
	return nil
}

// FillsCounted tells whether a source can be fed as distinct rows with their counts when the view is filled, and SQLite
// finds these along an index: equal values are identical, and an index has just the columns that the view uses.
func (p *Plan) FillsCounted(source int) bool {
	s := p.Sources[source]
	if s.Table.Kind != OrdinaryTable || len(s.Columns) == 0 {
		return false
	}
	for _, c := range s.Columns {
		col := s.Table.Columns[c]
		if !uniformAffinity(col.Affinity) || orBinary(col.Collation) != binary {
			return false
		}
	}
	for _, x := range s.Table.Indexes {
		if x.Unique || len(x.Columns) < len(s.Columns) {
			continue
		}
		lead := slices.Clone(x.Columns[:len(s.Columns)])
		slices.Sort(lead)
		ok := slices.Equal(lead, s.Columns)
		for i := range lead {
			ok = ok && orBinary(x.Collations[i]) == binary
		}
		if ok {
			return true
		}
	}
	return false
}

// FillsDirectly tells whether the rows of the view are, value by value, those that SQLite's own SELECT gives, with exact sums:
// then it can fill the output. Where values stand for several that compare equal, or rows of a group are met in some order,
// it may show others than the state that is kept for them; and where evaluating a row can fail, the state must know of it.
func (p *Plan) FillsDirectly() bool {
	if p.asReal || p.Global || p.RowState != 0 || slices.Contains(p.KeyColumns, -1) || p.ShowsRepresentatives() {
		return false
	}
	for _, n := range p.nodes {
		switch n := n.(type) {
		case *applyNode:
			if !n.harmless {
				return false
			}
		case *sourceNode:
			if p.Sources[n.source].Table.Kind != OrdinaryTable {
				return false
			}
		case *permuteNode, *constantNode, *differenceNode, *unionNode, *joinNode, *aggregateNode, *distinctNode:
		default:
			return false
		}
	}
	return true
}
