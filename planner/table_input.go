package planner

import "strings"

// chosen passes over nodes that choose among columns: it returns the node under them, and where positions are in its rows.
func chosen(nodes []Node, node int, positions []int) (int, []int) {
	for {
		p, ok := nodes[node].(*permuteNode)
		if !ok {
			return node, positions
		}
		node, positions = p.inputs[0], at(p.positions, positions)
	}
}

// tableInput returns the source that n evaluates rows of, and the columns of its delta row that are n's input: nil where that
// is something else, or where n sees them declared otherwise than the table does, so that SQL over the table may mean
// something else.
func tableInput(nodes []Node, sources []Source, n *applyNode) (source int, positions []int) {
	node, positions := chosen(nodes, n.inputs[0], upTo(len(n.spec.Input)))
	src, ok := nodes[node].(*sourceNode)
	if !ok {
		return 0, nil
	}
	s := sources[src.source]
	for i, at := range positions {
		c := s.Table.Columns[s.Columns[at]]
		if in := n.spec.Input[i]; in.Affinity != c.Affinity || !strings.EqualFold(orBinary(in.Collation), orBinary(c.Collation)) {
			return 0, nil
		}
	}
	return src.source, positions
}
