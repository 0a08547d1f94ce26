package planner

// flattenJoins merges a join with the joins and filters that are its items, so that all of them are ordered together. A
// filter that can raise errors stays with its items: other conditions must not run before it on more rows, nor it on
// more rows than it would see.
func flattenJoins(c *columns, r rel) rel {
	r = mapInputs(c, r, func(in rel) rel { return flattenJoins(c, in) })
	b, ok := r.(*block)
	if !ok {
		return r
	}
	out := &block{}
	for _, i := range b.items {
		inner, ok := i.(*block)
		if ok && (len(b.items) == 1 || allHarmless(c, inner)) {
			out.items = append(out.items, inner.items...)
			out.preds = append(out.preds, inner.preds...)
			continue
		}
		out.items = append(out.items, i)
	}
	out.preds = append(out.preds, b.preds...)
	if len(out.items) == 1 && len(out.preds) == 0 {
		return out.items[0]
	}
	return out
}

func allHarmless(c *columns, b *block) bool {
	for _, p := range b.preds {
		if !c.harmless(p) {
			return false
		}
	}
	return true
}
