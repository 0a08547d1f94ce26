package planner

// rule rewrites the logical plan into one with the same rows.
type rule struct {
	name    string
	rewrite func(c *columns, r rel) rel
}

// rules are applied in this order, each to the whole plan.
var rules = []rule{
	{"flatten nested inner joins", flattenJoins},
	{"move filters below joins", pushFilters},
	{"join in an order that has keys", orderJoins},
}

// rewrite applies all rules.
func rewrite(c *columns, r rel) rel {
	for _, rule := range rules {
		r = rule.rewrite(c, r)
	}
	return r
}

// mapInputs returns r with f applied to its inputs.
func mapInputs(r rel, f func(rel) rel) rel {
	switch r := r.(type) {
	case *block:
		out := &block{preds: r.preds}
		for _, i := range r.items {
			out.items = append(out.items, f(i))
		}
		return out
	case *extend:
		return &extend{in: f(r.in), outs: r.outs}
	case *equijoin:
		return &equijoin{left: f(r.left), right: f(r.right), keys: r.keys}
	case *aggregation:
		out := *r
		out.in = f(r.in)
		return &out
	case *distinction:
		return &distinction{in: f(r.in), cols: r.cols}
	case *unionAll:
		out := *r
		out.branches = nil
		for _, b := range r.branches {
			out.branches = append(out.branches, f(b))
		}
		return &out
	}
	return r
}
