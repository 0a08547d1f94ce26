package dbsp

// fold is the state of one aggregate function for the groups of a step, numbered in the order in which they were loaded.
type fold interface {
	// open adds a group that has no state yet; load one whose state is at the front of acc.
	open()
	load(acc string) (rest string, err error)
	// apply takes in the whole batch. The groups' row counts are already those after it.
	apply(g *grouping) error
	// result returns the function's value for group n, or false when an integer sum overflows.
	result(g *grouping, n int32) (Value, bool)
	// plausible reports whether the state can be that of a group of rows rows.
	plausible(n int32, rows int64) bool
	// appendState encodes the state for load.
	appendState(dst []byte, n int32) []byte
}

// valueFold is a fold that takes its values one by one.
type valueFold interface {
	fold
	// add takes in v, which is not NULL, weight times.
	add(s *Step, n int32, v Value, weight int64) error
}

// resettable is a fold that can be used again, for other groups.
type resettable interface{ reset() }

// resetFolds makes folds ready for another step and reports whether it could.
func resetFolds(folds []fold) bool {
	for _, f := range folds {
		r, ok := f.(resettable)
		if !ok {
			return false
		}
		r.reset()
	}
	return len(folds) > 0
}

// newFolds returns a fold for each aggregate column, with room for groups groups.
func (a *Aggregate) newFolds(groups int) []fold {
	folds := make([]fold, len(a.Aggregates))
	for i, c := range a.Aggregates {
		var f valueFold
		switch c.Func {
		case CountStar:
			folds[i] = rowCount{}
			continue
		case Min, Max:
			folds[i] = newExtreme(a.ElementsID, i, c, groups)
			continue
		case Count:
			f = &countFold{column: c.Column, n: make([]int64, 0, groups)}
		default:
			f = &sumFold{function: c.Func, column: c.Column, of: make([]sumState, 0, groups)}
		}
		if c.Distinct {
			folds[i] = newDistinctFold(a.ElementsID, i, c, f)
		} else {
			folds[i] = f
		}
	}
	return folds
}
