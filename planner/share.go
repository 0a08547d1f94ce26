package planner

import "slices"

// share merges operators that do the same to the same inputs: a CTE that is used twice is computed, and kept, once.
func (l *lowering) share() {
	known := map[string]int{}
	to := make([]int, len(l.nodes)) // where each node went
	var nodes []Node
	for i, n := range l.nodes {
		inputs := n.Inputs()
		for k, in := range inputs {
			inputs[k] = to[in]
		}
		key := n.identity(false)
		at, ok := known[key]
		if !ok || i == len(l.nodes)-1 { // the root stays last
			at = len(nodes)
			nodes = append(nodes, n)
			known[key] = at
		}
		to[i] = at
	}
	l.nodes, l.below = slices.Clip(nodes), map[int]map[int]bool{}
}
