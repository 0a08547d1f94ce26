package history

import "slices"

// arm makes one arm of a compound, or a query by itself: mostly SELECT … FROM.
func (d *designer) arm(depth int, ctes []relationOf, top bool, like []col, useCTE bool) designed {
	switch {
	case !useCTE && d.chance(3):
		return d.values(like)
	case !useCTE && d.chance(4):
		return d.fromless(depth, ctes, like)
	}
	return d.core(depth, ctes, top, like, useCTE)
}

// fromless makes a SELECT without FROM.
func (d *designer) fromless(depth int, ctes []relationOf, like []col) designed {
	s := &selectCore{}
	in := scope{outer: d.outer, nest: &nesting{d: d, core: s, depth: depth, ctes: ctes}}
	def := designed{core: s, size: 1}
	n := len(like)
	if n == 0 {
		n = d.between(1, 3)
	}
	for i := range n {
		e := d.any(in, 2)
		if len(d.outer) > 0 && d.chance(70) {
			e = d.any(scope{cols: d.outer, nest: in.nest}, 1)
		} else if in.nest.allowed() && d.chance(60) {
			if sub, ok := in.nest.scalar(in); ok {
				e = sub
			}
		}
		if e.column != nil {
			c := *e.column
			c.source = "outer"
			e.column = &c
		}
		it, c := output(e, def.free("c", i), true)
		s.items, def.cols = append(s.items, it), append(def.cols, c)
	}
	if d.chance(30) {
		s.where = d.predicate(scope{cols: d.outer, nest: in.nest}, 1)
	}
	return def
}

// compound adds arms of the same width.
func (d *designer) compound(q *query, def *designed, depth int, ctes []relationOf, top bool) {
	star := func(s *selectCore) bool {
		return slices.ContainsFunc(s.items, func(it item) bool { return it.name == "*" })
	}
	if star(def.core) {
		return
	}
	arms := []designed{*def}
	var ops []string
	for range 1 + d.weighted(6, 2, 1) {
		for range 6 {
			arm := d.arm(depth, ctes, top, def.cols, false)
			if len(arm.cols) != len(def.cols) || star(arm.core) {
				continue
			}
			op := []string{unionAll, union, intersect, except}[d.weighted(4, 4, 3, 4)]
			if compoundColumns(append(slices.Clone(arms), arm), append(slices.Clone(ops), op), top) != nil {
				arms, ops = append(arms, arm), append(ops, op)
				break
			}
		}
	}
	if len(ops) == 0 {
		return
	}
	def.cols = compoundColumns(arms, ops, top)
	for i, a := range arms[1:] {
		q.arms, q.ops = append(q.arms, a.core), append(q.ops, ops[i])
		switch ops[i] {
		case unionAll, union:
			def.size += a.size
		case intersect:
			def.size = min(def.size, a.size)
		}
	}
	for i := range def.cols {
		q.choice = append(q.choice, chosen(arms, ops, i))
	}
}

// distinctOps tells whether a compound makes equal rows one.
func distinctOps(ops []string) bool {
	return slices.ContainsFunc(ops, func(op string) bool { return op != unionAll })
}

// chosen tells whether column i of a compound shows one of several equal values, because rows became one.
func chosen(arms []designed, ops []string, i int) bool {
	return distinctOps(ops) && slices.ContainsFunc(arms, func(a designed) bool { return !a.cols[i].canonical || a.cols[i].collation != "BINARY" })
}

// compoundColumns returns the columns of a compound, nil where SQLite leaves open what they are, or the oracle can't tell
// which of their values are equal. The oracle asks for those of a view (top) in FROM, too.
func compoundColumns(arms []designed, ops []string, top bool) []col {
	distinct := distinctOps(ops)
	out := slices.Clone(arms[0].cols)
	for i := range out {
		c := &out[i]
		first := c.collation
		collation := "BINARY" // by which rows are compared
		for n := len(arms) - 1; n >= 0; n-- {
			if !arms[n].core.items[i].bare {
				collation = arms[n].cols[i].collation
			}
		}
		free := "" // the collation of the free columns
		for _, a := range arms {
			b := a.cols[i]
			// Where SQLite reads the compound in FROM it may turn integers in its column into reals: other ones then.
			if (c.affinity == affReal) != (b.affinity == affReal) && (top || distinct || b.free || c.free) || distinct && b.opaque {
				return nil
			}
			if b.free {
				if free != "" && free != b.collation || distinct && b.collation != "BINARY" && b.collation != collation {
					return nil
				}
				free = b.collation
			}
		}
		if chosen(arms, ops, i) {
			if free != "" && free != "BINARY" && free != collation {
				return nil
			}
			free = collation
		}
		c.free = free != ""
		for _, a := range arms {
			b := a.cols[i]
			if c.free && !b.free && !distinct && free != "BINARY" {
				return nil // the oracle knows one collation per column
			}
			c.opaque = c.opaque || b.opaque || b.affinity != arms[0].cols[i].affinity || b.collation != first
			c.canonical = c.canonical && b.canonical && b.affinity == arms[0].cols[i].affinity
			if b.class != arms[0].cols[i].class {
				c.class = classAny
			}
		}
		c.canonical = c.canonical && !c.free && c.affinity != affNone && c.affinity != affBlob && c.affinity != affReal
		c.opaque = c.opaque || c.free && free != "BINARY" && free != first
	}
	return out
}
