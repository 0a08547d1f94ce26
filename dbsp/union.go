package dbsp

// Union is UNION ALL: out = in₀ + in₁ + …, linear, so the delta of the output is the sum of the deltas. It keeps no
// state and costs a copy of the list at most. Rows of different inputs may have the same key, so the output has none.
type Union struct{}

// Step concatenates the inputs.
func (Union) Step(_ *Step, in []Batch) (Batch, error) {
	n, used := 0, 0
	var last Batch
	for _, b := range in {
		if len(b) > 0 {
			n, used, last = n+len(b), used+1, b
		}
	}
	if n == 0 {
		return nil, nil
	}
	if used == 1 && !keyed(last) {
		return last, nil
	}
	out := make(Batch, 0, n)
	for _, b := range in {
		for _, d := range b {
			d.Key = ""
			out = append(out, d)
		}
	}
	return out, nil
}

// keyed reports whether some delta of b has a key.
func keyed(b Batch) bool {
	for i := range b {
		if b[i].Key != "" {
			return true
		}
	}
	return false
}
