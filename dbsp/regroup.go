package dbsp

// GroupEvaluator computes the rows that stand for groups of rows: aggregate functions that can't be taken back, the first
// row in some order, and whatever else needs a group as a whole.
type GroupEvaluator interface {
	// Evaluate returns for each group the rows that stand for it, with weights of 1 or more. A group has its rows in a
	// fixed order, none twice; a row of weight w counts as w rows. The groups are valid during the call only, but for the
	// bytes of texts and blobs. A group whose evaluation fails is reported through fail and has no rows. A group may be
	// empty where Regroup.Global is set, and only then.
	Evaluate(groups []Batch, fail func(group int, message string) error) ([]Batch, error)
}

// Regroup is GROUP BY with anything that an evaluator can make of a whole group: it computes the groups that a batch
// touches anew and puts out the difference.
//
// The operator is not linear. With Q(I) = Σ evaluator(Iₖ) over the groups Iₖ of I, the output changes by
// Σ evaluator((I+Δ)ₖ) − evaluator(Iₖ) over the groups k in which Δ is not zero; the first comes from the rows, the second
// is remembered:
//
//   - under RowsID the rows, as an arrangement: encoded group key (AppendKey of the group columns, "" for Global) ->
//     AppendRow of the input row;
//   - under ID one accumulator per group, with what was put out for it (see regroupVersion). A group of which nothing was
//     put out has none, but for Global.
//
// Cost: per delta one Add; per group in which rows really change, reading and evaluating the whole group, one Get, and one
// Put where its rows change. So it is proportional to the groups that are touched, not to the change: for small groups, or
// where there is no better way.
//
// NULLs make one group. The evaluator gets a group's rows in the order of the arrangement, so that what depends on the
// order of rows depends on the rows there are, and not on their history.
//
// A group that the evaluator fails has a failure (Step.Fail, with the group columns of its first row) instead of output,
// until it no longer fails.
type Regroup struct {
	ID, RowsID OpID

	// Group are the group columns. Variants does not matter here: what a group shows comes from the evaluator.
	Group []KeyColumn
	// Global means that there is no GROUP BY: Group is empty, and there is always exactly one group, which is evaluated
	// even when it is empty. The first Step, with or without input, outputs it.
	Global bool
	// Width is the number of columns that the evaluator gives.
	Width int
	// Single says that the evaluator gives at most one row per group, once: output deltas then have the group key as Key,
	// else "".
	Single    bool
	Evaluator GroupEvaluator

	// idle is the last step's regrouping, kept for its memory.
	idle *regrouping
}

// Step takes in the delta in[0] and returns the change of the rows that stand for the groups.
func (r *Regroup) Step(s *Step, in []Batch) (Batch, error) {
	if len(in[0]) == 0 && !r.Global {
		return nil, nil
	}
	g := r.regrouping(s)
	if err := g.keep(in[0]); err != nil {
		return nil, err
	}
	for n := range g.touched {
		if err := g.take(int32(n)); err != nil {
			return nil, err
		}
	}
	if err := g.evaluate(); err != nil {
		return nil, err
	}
	out := g.out
	g.release()
	return out, nil
}
