package dbsp

// Distinct is SELECT DISTINCT: each class of equal rows once. It is the Aggregate that groups by all columns and
// aggregates nothing, and like it neither linear nor free of state: a count per class, and with Variants the rows of the
// class. The output key is the concatenation of AppendKey of all columns. NULLs are equal to each other. Cost: one Get
// and one Put per touched class and batch.
//
// With Presence it keeps nothing, and asks that once per touched class and batch instead.
type Distinct struct {
	// ID has the counts, VariantsID the rows where a column has variants.
	ID, VariantsID OpID
	// Collations compare the columns, one per column of the input.
	Collations []Collation
	// Variants is as in KeyColumn, one per column; nil means that no column has variants.
	Variants []bool
	// Presence, when not nil, has the rows; no column has variants then.
	Presence Presence
}

// Step takes in the delta in[0] and returns which classes of rows came and went.
func (d *Distinct) Step(s *Step, in []Batch) (Batch, error) {
	if len(in[0]) == 0 {
		return nil, nil
	}
	if d.Presence != nil {
		return d.find(in[0])
	}
	a := d.Aggregate()
	return a.Step(s, in)
}

// Aggregate returns the Aggregate that d is.
func (d *Distinct) Aggregate() *Aggregate {
	a := &Aggregate{ID: d.ID, VariantsID: d.VariantsID, Group: make([]KeyColumn, len(d.Collations))}
	for i, c := range d.Collations {
		a.Group[i] = KeyColumn{Column: i, Collation: c, Variants: d.Variants != nil && d.Variants[i]}
	}
	return a
}
