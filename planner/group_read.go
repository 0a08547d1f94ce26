package planner

import (
	"fmt"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// groupRead is a join side that is read from the state of the aggregate or distinct that it is, by its group key.
type groupRead struct {
	order   []int // of each group column: the position of its value in the join key
	columns []int // of the operator's rows, or constants: what the side's rows consist of
	// aggregate is the operator, present what it asks instead of its state; bindGroups finds them when all nodes are in place.
	aggregate *dbsp.Aggregate
	present   *Presence
}

// identity tells the way of reading from others; g may be nil.
func (g *groupRead) identity() string {
	if g == nil {
		return ""
	}
	return fmt.Sprint(" group ", g.order, g.columns)
}

// readGroups decides which sides of a join are read from the state of the operator below them instead of being kept:
// those that are grouped by just the join key. Where one source changes both sides in a step, only one of them is.
func (l *lowering) readGroups(n *joinNode) {
	right := l.groupRead(n, 1)
	left := l.groupRead(n, 0)
	if left != nil && right != nil {
		own := l.sourcesBelow(n.inputs[0])
		for s := range l.sourcesBelow(n.inputs[1]) {
			if own[s] {
				left = nil
			}
		}
	}
	n.left.group, n.right.group = left, right
}

// groupRead returns how a side would be read, nil when it can't be.
func (l *lowering) groupRead(n *joinNode, at int) *groupRead {
	side := [2]*joinInput{&n.left, &n.right}[at]
	if side.base != nil || side.rows != nil {
		return nil
	}
	_, _, keys, columns := groupBelow(l.nodes, n.inputs[at])
	if keys == nil && len(side.columns) > 0 || len(keys) != len(side.columns) {
		return nil
	}
	if len(keys) == 0 { // a row of an aggregate without GROUP BY
		return nil
	}
	g := &groupRead{columns: columns, order: make([]int, len(keys))}
	seen := map[int]bool{}
	for i, c := range side.columns {
		k := columns[c]
		if k < 0 || k >= len(keys) || seen[k] || keys[k] != n.collations[i] {
			return nil
		}
		seen[k], g.order[k] = true, i
	}
	return g
}

// groupBelow returns the aggregate or distinct that the rows of node come from as they are, at among the nodes, the
// collations of its key, and the columns of its rows, or constants, that they consist of.
func groupBelow(nodes []Node, node int) (at int, a *dbsp.Aggregate, keys []dbsp.Collation, columns []int) {
	columns = upTo(len(nodes[node].Columns()))
	through := func(positions []int) {
		columns = slices.Clone(columns)
		for i, c := range columns {
			if c >= 0 {
				columns[i] = positions[c]
			}
		}
	}
	for {
		switch n := nodes[node].(type) {
		case *permuteNode:
			through(n.positions)
			node = n.inputs[0]
			continue
		case *constantNode:
			through(n.positions)
			node = n.inputs[0]
			continue
		case *unionNode:
			if len(n.inputs) == 1 {
				node = n.inputs[0]
				continue
			}
		case *distinctNode:
			return node, n.distinct.Aggregate(), n.distinct.Collations, columns
		case *aggregateNode:
			for _, k := range n.aggregate.Group {
				keys = append(keys, k.Collation)
			}
			c := n.aggregate
			return node, &c, keys, columns
		}
		return -1, nil, nil, nil
	}
}

// bindGroups finds the operators that join sides are read from, now that equal ones are merged.
func (l *lowering) bindGroups() {
	for _, n := range l.nodes {
		j, ok := n.(*joinNode)
		if !ok {
			continue
		}
		for i, side := range []*joinInput{&j.left, &j.right} {
			if side.group == nil {
				continue
			}
			at, aggregate, _, _ := groupBelow(l.nodes, j.inputs[i])
			side.group.aggregate = aggregate
			if d, ok := l.nodes[at].(*distinctNode); ok {
				side.group.present = d.present
			}
		}
	}
}
