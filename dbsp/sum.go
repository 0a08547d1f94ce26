package dbsp

import "encoding/binary"

// sumFold is sum(x), total(x) or avg(x). It keeps the exact sum, so that what comes and goes again leaves no trace; rounding
// happens once, in result. A TEXT or BLOB counts as the number that SQLite makes of it.
//
// State: the number of values that are not NULL and, when there are any, the number of those that are not INTEGER
// (both uvarint) and the exact sum.
type sumFold struct {
	function AggFunc
	column   int
	of       []sumState
}

type sumState struct {
	values int64
	reals  int64
	total  Exact
}

func (f *sumFold) reset() { f.of = f.of[:0] }

func (f *sumFold) open() { f.of = append(f.of, sumState{}) }

func (f *sumFold) load(acc string) (string, error) {
	var st sumState
	var err error
	if st.values, acc, err = cutCount(acc); err != nil {
		return "", err
	}
	if st.values > 0 {
		if st.reals, acc, err = cutCount(acc); err != nil {
			return "", err
		}
		if st.total, acc, err = DecodeExact(acc); err != nil {
			return "", err
		}
	}
	f.of = append(f.of, st)
	return acc, nil
}

func (f *sumFold) apply(g *grouping) error {
	for i := range g.in {
		d := &g.in[i]
		v := d.Row[f.column]
		if v.IsNull() {
			continue
		}
		if err := f.add(g.step, g.of[i], v, d.Weight); err != nil {
			return err
		}
	}
	return nil
}

func (f *sumFold) add(s *Step, n int32, v Value, weight int64) error {
	if v.Kind() == Text || v.Kind() == Blob {
		var err error
		if v, err = s.Numeric(v); err != nil {
			return err
		}
	}
	st := &f.of[n]
	st.values += weight
	if v.Kind() == Integer {
		st.total.AddInteger(v.Int(), weight)
		return nil
	}
	st.reals += weight
	st.total.Add(v.Real(), weight)
	return nil
}

func (f *sumFold) result(_ *grouping, n int32) (Value, bool) {
	st := &f.of[n]
	if st.values == 0 {
		if f.function == Total {
			return NewReal(0), true
		}
		return Value{}, true
	}
	switch f.function {
	case Total:
		return NewReal(st.total.Float()), true
	case Avg:
		return NewReal(st.total.Float() / float64(st.values)), true
	}
	if st.reals > 0 {
		return NewReal(st.total.Float()), true
	}
	i, ok := st.total.Integer()
	return NewInteger(i), ok
}

func (f *sumFold) plausible(n int32, rows int64) bool {
	st := &f.of[n]
	return 0 <= st.reals && st.reals <= st.values && st.values <= rows
}

func (f *sumFold) appendState(dst []byte, n int32) []byte {
	st := &f.of[n]
	dst = binary.AppendUvarint(dst, uint64(st.values))
	if st.values == 0 {
		return dst
	}
	return st.total.Append(binary.AppendUvarint(dst, uint64(st.reals)))
}
