package dbsp

// Difference is the rows of one input less the rows of another: out = π(in₀) − ρ(in₁), linear, so the delta of the output
// is the difference of the deltas. With in₁ the rows of in₀ that were joined, each as often as in in₀, it gives those that
// found no partner: the anti-join, and the rows that an outer join pads with NULLs.
//
// It keeps no state and costs a row copy per delta, and one hash where both inputs changed: a row that both gain shows in
// no output, rather than once more and once less. NULLs are values like any other.
type Difference struct {
	// Columns are positions in in[0]'s rows, in output order, or NullColumn or OneColumn; Less are those in in[1]'s.
	Columns, Less []int
}

// Step subtracts the delta in[1] from the delta in[0].
func (f *Difference) Step(_ *Step, in []Batch) (Batch, error) {
	if len(in[0])+len(in[1]) == 0 {
		return nil, nil
	}
	out := make(Batch, 0, len(in[0])+len(in[1]))
	rows := newRowSlab((len(in[0]) + len(in[1])) * len(f.Columns))
	add := func(b Batch, columns []int, sign int64) {
		for i := range b {
			if b[i].Weight == 0 {
				continue
			}
			r := rows.take(len(columns))
			choose(r, b[i].Row, columns)
			out = append(out, Delta{Row: r, Weight: sign * b[i].Weight})
		}
	}
	add(in[0], f.Columns, 1)
	add(in[1], f.Less, -1)
	if len(in[0]) == 0 || len(in[1]) == 0 {
		return out, nil
	}
	return consolidate(out), nil
}

// consolidate adds up the weights of identical rows and leaves out those that come to nothing. It works in place.
func consolidate(b Batch) Batch {
	net := newKeyIndex()
	defer net.release()
	var key []byte
	out := b[:0]
	for _, d := range b {
		key = AppendRow(key[:0], d.Row)
		n, fresh := net.intern(key)
		if fresh {
			out = append(out, d)
		} else {
			out[n].Weight += d.Weight
		}
	}
	kept := out[:0]
	for _, d := range out {
		if d.Weight != 0 {
			kept = append(kept, d)
		}
	}
	return kept
}
