package planner

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
