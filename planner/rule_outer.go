package planner

import "slices"

// splitOuterJoins lets an outer join share its inputs with the inner join over them: what it adds to the inner join are
// the rows of its inputs that are not in it.
func splitOuterJoins(c *columns, r rel) rel {
	r = mapInputs(c, r, func(in rel) rel { return splitOuterJoins(c, in) })
	o, ok := r.(*outerJoin)
	if !ok || o.inner != nil {
		return r
	}
	return splitOuter(o)
}

func splitOuter(o *outerJoin) *outerJoin {
	left, right := share(o.left), share(o.right)
	return &outerJoin{
		left: left, right: right, preds: o.preds, keepLeft: o.keepLeft, keepRight: o.keepRight,
		inner: &block{items: []rel{left, right}, preds: o.preds},
	}
}

// share returns r as something that may be used in several places.
func share(r rel) rel {
	switch r.(type) {
	case *shared, *scan, *one:
		return r
	}
	return &shared{in: r}
}

// splitLateral is the LEFT JOIN of a table-valued function as an outer join with the inner join in it. Of its right side
// nothing but the columns is used.
func splitLateral(f *tableFunction) *outerJoin {
	inner, o := *f, &outerJoin{left: share(f.in), keepLeft: true, preds: append(slices.Clone(f.args), f.on...)}
	inner.in, inner.outer, inner.on = o.left, false, nil
	nulls := &constants{in: &one{}}
	for _, id := range f.cols {
		nulls.nulls = append(nulls.nulls, id)
	}
	slices.Sort(nulls.nulls)
	o.right, o.inner = nulls, &block{items: []rel{&inner}, preds: f.on}
	return o
}
