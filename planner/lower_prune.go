package planner

// prune leaves out nodes that nothing feeds on, the last one aside.
func (l *lowering) prune() {
	used := make([]bool, len(l.nodes))
	used[len(used)-1] = true
	for i := len(l.nodes) - 1; i >= 0; i-- {
		if used[i] {
			for _, in := range l.nodes[i].Inputs() {
				used[in] = true
			}
		}
	}
	var nodes []Node
	moved := make([]int, len(l.nodes))
	for i, n := range l.nodes {
		if !used[i] {
			continue
		}
		moved[i] = len(nodes)
		for k, in := range n.Inputs() {
			n.Inputs()[k] = moved[in]
		}
		nodes = append(nodes, n)
	}
	l.nodes, l.below = nodes, map[int]map[int]bool{}
}
