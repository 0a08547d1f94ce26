package dbsp

// keeping is the part of a circuit that state depends on: what must run where the state is wanted and the output is not.
type keeping struct {
	// run[i]: node i has state, or feeds a node that has. wanted[i]: what it puts out goes to such a node.
	run, wanted []bool
}

// newKeeping leaves out the state of those nodes that are filled.
func newKeeping(nodes []Node, filled map[int]bool) keeping {
	k := keeping{run: make([]bool, len(nodes)), wanted: make([]bool, len(nodes))}
	for i := len(nodes) - 1; i >= 0; i-- { // consumers first
		n := nodes[i]
		keeper, _ := n.Operator.(Keeper)
		if filled[i] {
			keeper = nil
		}
		k.run[i] = k.wanted[i]
		for e, in := range n.Inputs {
			if keeps := keeper != nil && keeper.Keeps(e); keeps || k.wanted[i] {
				k.run[i], k.wanted[in] = true, true
			}
		}
	}
	return k
}

// Kept tells whether changes of a source change any state.
func (c *Circuit) Kept(source int) bool {
	for _, i := range c.feeds[source] {
		if c.nodes[i].Operator == nil && c.keeping.wanted[i] {
			return true
		}
	}
	return false
}

// KeptAlone tells whether a node has state that depends on its input and whose changes no other state depends on.
func (c *Circuit) KeptAlone(node int) bool { return c.keeping.run[node] && !c.keeping.wanted[node] }

// Filled says that Keep shall leave out the state of nodes, which KeptAlone and is there: nil that there are none.
func (c *Circuit) Filled(nodes map[int]bool) { c.keeping = newKeeping(c.nodes, nodes) }

// Keep is Step for the state alone: of an empty circuit that is filled, when the output is known already. StartKeep is the
// Start that belongs to it.
func (c *Circuit) Keep(s *Step, source int, delta Batch) error {
	_, err := c.run(s, c.feeds[source], source, delta, &c.keeping)
	return err
}

// StartKeep is Start for the state alone.
func (c *Circuit) StartKeep(s *Step) error {
	_, err := c.run(s, c.all(), -1, nil, &c.keeping)
	return err
}

// keep runs an operator of which only the state is wanted.
func keep(s *Step, op Operator, in []Batch) error {
	if j, ok := op.(*Join); ok {
		return j.Keep(s, in)
	}
	_, err := op.Step(s, in)
	return err
}

// Keeps is true: each group has an accumulator.
func (a *Aggregate) Keeps(int) bool { return true }

// Keeps is true, as each row has a count, but where rows are asked for.
func (d *Distinct) Keeps(int) bool { return d.Presence == nil }

// Keeps is true: rows are kept by their groups.
func (r *Regroup) Keeps(int) bool { return true }

// Keeps tells whether the side is kept.
func (j *Join) Keeps(input int) bool { return j.side(input).keeps() }

// Keep is Step for the state alone: it adds the deltas to the kept sides, and looks for no partners.
func (j *Join) Keep(s *Step, in []Batch) error {
	for i, b := range in {
		side := j.side(i)
		if !side.keeps() {
			continue
		}
		a, err := j.arrange(side, j.side(1-i), b)
		if err != nil {
			return err
		}
		err = a.keep(s, side)
		j.release(a)
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *Join) side(input int) *JoinSide {
	if input == 0 {
		return &j.Left
	}
	return &j.Right
}
