package dbsp

// Node is an operator with the nodes that feed it, by index; a node comes after its inputs. A node without an Operator
// is the source Source.
type Node struct {
	Operator Operator
	Inputs   []int
	Source   int
}

// Circuit is a view's operators in topological order; the last node is the root.
type Circuit struct {
	nodes []Node
	// feeds[s] lists the nodes that a change of source s reaches, ascending.
	feeds map[int][]int
	// out and in are a step's batches, by node and by input; they are kept empty between steps.
	out []Batch
	in  []Batch

	keeping keeping
}

// NewCircuit returns the circuit of nodes.
func NewCircuit(nodes []Node) *Circuit {
	c := &Circuit{nodes: nodes, feeds: map[int][]int{}, keeping: newKeeping(nodes, nil)}
	reach := make([]map[int]bool, len(nodes))
	for i, n := range nodes {
		reach[i] = map[int]bool{}
		if n.Operator == nil {
			reach[i][n.Source] = true
		}
		for _, in := range n.Inputs {
			for s := range reach[in] {
				reach[i][s] = true
			}
		}
		for s := range reach[i] {
			c.feeds[s] = append(c.feeds[s], i)
		}
	}
	return c
}

// Start runs the step that an empty circuit begins with: it outputs the rows that exist over empty inputs (an aggregate
// without GROUP BY has one).
func (c *Circuit) Start(s *Step) (Batch, error) {
	return c.run(s, c.all(), -1, nil, nil)
}

// all lists the nodes.
func (c *Circuit) all() []int {
	all := make([]int, len(c.nodes))
	for i := range all {
		all[i] = i
	}
	return all
}

// Step feeds delta, rows of source, through the circuit and returns the change of the view.
func (c *Circuit) Step(s *Step, source int, delta Batch) (Batch, error) {
	return c.run(s, c.feeds[source], source, delta, nil)
}

// run runs nodes, only those that keeping names where it is not nil.
func (c *Circuit) run(s *Step, order []int, source int, delta Batch, keeping *keeping) (Batch, error) {
	out := c.out
	if c.out = nil; out == nil { // else a step within a step, which must have its own
		out = make([]Batch, len(c.nodes))
	}
	defer func() {
		clear(out)
		c.out = out
	}()
	for _, i := range order {
		n := c.nodes[i]
		if keeping != nil && !keeping.run[i] {
			continue
		}
		if n.Operator == nil {
			if n.Source == source {
				out[i] = delta
			}
			continue
		}
		in := c.in[:0]
		c.in = nil
		for _, k := range n.Inputs {
			in = append(in, out[k])
		}
		var b Batch
		var err error
		if keeping != nil && !keeping.wanted[i] {
			err = keep(s, n.Operator, in)
		} else {
			b, err = n.Operator.Step(s, in)
		}
		clear(in)
		c.in = in
		if err != nil {
			return nil, err
		}
		out[i] = b
		s.Peak = max(s.Peak, len(b))
	}
	return out[len(out)-1], nil
}
