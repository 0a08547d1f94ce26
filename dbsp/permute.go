package dbsp

// Positions that a Permute's column may have besides those of its input.
const (
	// NullColumn is a column that is NULL in every row.
	NullColumn = -1
	// OneColumn is a column that is the INTEGER 1 in every row.
	OneColumn = -2
)

// Permute is the projection to plain columns: out = π(in), linear, so the delta of the output is the projection of the
// delta. It keeps no state, costs one row copy per delta and needs no SQL. NULLs are values like any other.
type Permute struct {
	// Columns are positions in the input row, in output order; a position may repeat. NullColumn and OneColumn are
	// constants.
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
		choose(r, d.Row, p.Columns)
		out[i] = Delta{Row: r, Weight: d.Weight, Key: d.Key}
	}
	return out, nil
}

// choose sets dst to the columns of row at positions.
func choose(dst, row Row, positions []int) {
	for j, c := range positions {
		switch c {
		case NullColumn:
			dst[j] = Value{}
		case OneColumn:
			dst[j] = NewInteger(1)
		default:
			dst[j] = row[c]
		}
	}
}
