package dbsp

// GroupTrace is the rows of an Aggregate or a Distinct as one side of a join whose key is the group key: they are read
// from the operator's own state, so the join keeps no copy of them. Within a step the operator comes before the join, so
// the trace shows the side after its delta. A group that has failed has no row.
//
// Cost: one Get per key asked for. NULL is a group key like any other; whether the join asks for it is the join's rule.
type GroupTrace struct {
	Aggregate *Aggregate
	// Order gives for each group column the position of its value in the join key.
	Order []int
	// Columns are positions in the operator's output row, or NullColumn or OneColumn: what the side's rows consist of.
	Columns []int

	// one is the last group that was read, kept for its memory.
	one *grouping
	key []byte
	row Row
}

// Rows yields the group's row, if there is one.
func (t *GroupTrace) Rows(s *Step, key Row, yield func(Row, int64) error) error {
	a := t.Aggregate
	t.key = t.key[:0]
	for i, k := range a.Group {
		t.key = AppendKey(t.key, key[t.Order[i]], k.Collation)
	}
	acc, err := s.Store.Get(a.ID, string(t.key))
	if err != nil || acc == nil {
		return err
	}
	g := t.one
	if g == nil {
		g = &grouping{Aggregate: a, groups: make([]group, 1)}
		t.one = g
	}
	if !resetFolds(g.folds) {
		g.folds = a.newFolds(1)
	}
	width := len(a.Group) + len(a.Aggregates)
	g.step, g.rows = s, rowSlab{next: max(width, 1)}
	p := &g.groups[0]
	*p = group{stored: string(acc)}
	defer func() { g.step, *p = nil, group{} }()
	if err := g.decode(p); err != nil {
		return err
	}
	if !g.results(0, p.before) {
		return nil
	}
	if cap(t.row) < len(t.Columns) {
		t.row = make(Row, len(t.Columns))
	}
	row := t.row[:len(t.Columns)]
	choose(row, p.before, t.Columns)
	return yield(row, 1)
}
