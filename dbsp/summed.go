package dbsp

// Part is what is known of one AggregateColumn over a group without taking in its rows one by one: how many of its values
// are not NULL and, for Sum, Total and Avg, what these come to, all being INTEGER.
type Part struct{ Values, Sum int64 }

// Summing makes the accumulators of an Aggregate from sums that someone else took, when its state is filled.
type Summing struct{ one *grouping }

// NewSumming returns a Summing for a, nil where accumulators hold more than sums, or are not all that a keeps.
func (a *Aggregate) NewSumming() *Summing {
	if a.Global || a.hasVariants() {
		return nil
	}
	for _, c := range a.Aggregates {
		if c.Distinct || c.Func == Min || c.Func == Max {
			return nil
		}
	}
	own := *a
	return &Summing{&grouping{Aggregate: &own, groups: make([]group, 1), folds: own.newFolds(1)}}
}

// Accumulator appends the accumulator of a group of rows rows. row has the group columns, parts is in the order of
// Aggregates.
func (s *Summing) Accumulator(dst []byte, row Row, rows int64, parts []Part) []byte {
	g := s.one
	g.groups[0] = group{rows: rows, shown: string(AppendRow(nil, row))}
	if !resetFolds(g.folds) {
		g.folds = g.newFolds(1)
	}
	for i, f := range g.folds {
		f.open()
		switch f := f.(type) {
		case *countFold:
			f.n[0] = parts[i].Values
		case *sumFold:
			st := &f.of[0]
			st.values = parts[i].Values
			st.total.AddInteger(parts[i].Sum, 1)
		}
	}
	return g.encode(dst, 0)
}
