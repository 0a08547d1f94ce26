package dbsp

// keeping is the part of a circuit that state depends on: what must run where the state is wanted and the output is not.
type keeping struct {
	// run[i]: node i has state, or feeds a node that has. wanted[i]: what it puts out goes to such a node.
	run, wanted []bool
}

func newKeeping(nodes []Node) keeping {
	k := keeping{run: make([]bool, len(nodes)), wanted: make([]bool, len(nodes))}
	for i := len(nodes) - 1; i >= 0; i-- { // consumers first
		n := nodes[i]
		keeper, _ := n.Operator.(Keeper)
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

// keep runs a node of which only the state is wanted.
func (k *keeping) keep(s *Step, op Operator, in []Batch) error {
	if keeper, ok := op.(Keeper); ok {
		return keeper.Keep(s, in)
	}
	return nil
}

// Keeps is true: each group has an accumulator.
func (a *Aggregate) Keeps(int) bool { return true }

// Keep is Step.
func (a *Aggregate) Keep(s *Step, in []Batch) error { _, err := a.Step(s, in); return err }

// Keeps is true: each row has a count.
func (d *Distinct) Keeps(int) bool { return true }

// Keep is Step.
func (d *Distinct) Keep(s *Step, in []Batch) error { _, err := d.Step(s, in); return err }

// Keeps is true: rows are kept by their groups.
func (r *Regroup) Keeps(int) bool { return true }

// Keep is Step.
func (r *Regroup) Keep(s *Step, in []Batch) error { _, err := r.Step(s, in); return err }

// Keeps tells whether the side is kept.
func (j *Join) Keeps(input int) bool { return j.side(input).keeps() }

// Keep adds deltas to the kept sides.
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
