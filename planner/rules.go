package planner

// rule rewrites the logical plan into one with the same rows.
type rule struct {
	name    string
	rewrite func(c *columns, r rel) rel
}

// rules are applied in this order, each to the whole plan.
var rules = []rule{
	{"make joins of subqueries", unnestSubqueries},
	{"flatten nested inner joins", flattenJoins},
	{"move filters below joins", pushFilters},
	{"let outer joins share their inputs", splitOuterJoins},
	{"move the conditions of outer joins to the side that they are about", pushFilters},
	{"join in an order that has keys", orderJoins},
}

// rewrite applies all rules.
func rewrite(c *columns, r rel) rel {
	for _, rule := range rules {
		c.visited = map[*shared]bool{}
		r = rule.rewrite(c, r)
	}
	return r
}

// mapInputs returns r with f applied to its inputs. What is shared is rewritten in place, once in a rule.
func mapInputs(c *columns, r rel, f func(rel) rel) rel {
	switch r := r.(type) {
	case *shared:
		if !c.visited[r] {
			c.visited[r] = true
			r.in = f(r.in)
		}
		return r
	case *constants:
		return &constants{in: f(r.in), nulls: r.nulls, ones: r.ones}
	case *tableFunction:
		out := *r
		out.in = f(r.in)
		return &out
	case *regroup:
		out := *r
		out.in = f(r.in)
		return &out
	case *lookup:
		out := *r
		out.in, out.to = f(r.in), f(r.to)
		return &out
	case *outerJoin:
		out := *r
		out.left, out.right = f(r.left), f(r.right)
		if r.inner != nil {
			out.inner = f(r.inner)
		}
		return &out
	case *block:
		out := &block{preds: r.preds}
		for _, i := range r.items {
			out.items = append(out.items, f(i))
		}
		return out
	case *extend:
		return &extend{in: f(r.in), outs: r.outs}
	case *equijoin:
		out := *r
		out.left, out.right = f(r.left), f(r.right)
		return &out
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
