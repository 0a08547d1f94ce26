package dbsp

// Permute is the projection to plain columns: out = π(in), linear, so the delta of the output is the projection of the
// delta. It keeps no state, costs one row copy per delta and needs no SQL. NULLs are values like any other.
type Permute struct {
	// Columns are positions in the input row, in output order; a position may repeat.
	Columns []int
}

// Step projects in[0]. Weights and keys pass through.
func (p *Permute) Step(_ *Step, in []Batch) (Batch, error) {
	if len(in[0]) == 0 {
		return nil, nil
	}
	out := make(Batch, len(in[0]))
	rows := newRowSlab(len(in[0]) * len(p.Columns))
	for i, d := range in[0] {
		r := rows.take(len(p.Columns))
		for j, c := range p.Columns {
			r[j] = d.Row[c]
		}
		out[i] = Delta{Row: r, Weight: d.Weight, Key: d.Key}
	}
	return out, nil
}
