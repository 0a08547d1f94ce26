package dbsp

// Apply is a filter and a projection whose expressions SQLite evaluates: out = π(σ(in)), linear, so the delta of the
// output is that of the delta. It keeps no state but the failures of rows that can't be evaluated; it costs one
// evaluation per delta. A row passes when its predicate is true: NULL does not pass.
type Apply struct {
	// ID is the operator under which failures are filed.
	ID OpID
	// Evaluator holds the compiled expressions.
	Evaluator Evaluator
}

// Step evaluates in[0]. A row whose evaluation fails goes to Step.Fail with its weight, so deleting it mends the view.
func (a *Apply) Step(s *Step, in []Batch) (Batch, error) {
	if len(in[0]) == 0 {
		return nil, nil
	}
	return a.Evaluator.Evaluate(in[0], func(d Delta, message string) error {
		return s.Fail(a.ID, d.Row, message, d.Weight)
	})
}
