package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// unnestSubqueries replaces the subqueries in expressions by columns, which joins bring: each row of the relation that an
// expression is evaluated on meets what the subquery gives for it.
//
// A subquery that names columns of the queries around it is made independent of them first. Where it does so only in
// equalities, a = b with a outside and b inside, it is computed for each b, and a is the join key (correlateByKey). In
// general it is computed for each distinct tuple of outside values (dependency.go), as T. Neumann and A. Kemper do it in
// "Unnesting Arbitrary Queries" (2015).
func unnestSubqueries(c *columns, r rel) rel {
	u := &unnesting{cols: c}
	return u.rel(r)
}

// unnesting is the state of unnestSubqueries.
type unnesting struct{ cols *columns }

func (u *unnesting) rel(r rel) rel {
	switch r := r.(type) {
	case *block:
		plain, with := split(r.preds)
		if len(with) == 0 {
			break
		}
		items := make([]rel, len(r.items))
		for i, item := range r.items {
			items[i] = u.rel(item)
		}
		in := blockOf(items, plain)
		var preds []sqltext.Expr
		for _, p := range with {
			if filtered := u.filter(in, p, false); filtered != nil {
				in = filtered
				continue
			}
			in, p = u.attach(in, p)
			preds = append(preds, p)
		}
		return blockOf([]rel{in}, preds)
	case *extend:
		out := &extend{in: u.rel(r.in)}
		for _, o := range r.outs {
			e := o.expr
			if hasSubquery(e) {
				out.in, e = u.attach(out.in, e)
			}
			out.outs = append(out.outs, computed{o.id, e})
		}
		return out
	case *regroup:
		return u.regroup(r)
	case *tableFunction:
		if _, with := split(r.on); len(with) > 0 {
			return u.rel(splitLateral(r))
		}
	case *outerJoin:
		if _, with := split(r.preds); len(with) > 0 && r.inner == nil {
			return u.rel(splitOuter(r))
		}
	}
	return mapInputs(u.cols, r, u.rel)
}

// regroup gives the rows of the groups what the subqueries in arguments and FILTERs of aggregates give for them.
func (u *unnesting) regroup(r *regroup) rel {
	out := *r
	out.in, out.outs, out.calls = u.rel(r.in), nil, map[*sqltext.Call]bool{}
	var attach func(e sqltext.Expr) (sqltext.Expr, error)
	attach = func(e sqltext.Expr) (sqltext.Expr, error) {
		x, err := mapChildren(e, attach)
		if call, ok := e.(*sqltext.Call); ok && r.calls[call] {
			out.in, x = u.attach(out.in, e)
			own := *x.(*sqltext.Call)
			out.calls[&own], x = true, &own
		}
		return x, err
	}
	for _, o := range r.outs {
		e, _ := attach(o.expr)
		out.outs = append(out.outs, computed{o.id, e})
	}
	return &out
}

// filter returns the rows of in for which the subquery p, or NOT p, is true: a semi-join or an anti-join. It returns nil
// where p is not made for that.
func (u *unnesting) filter(in rel, p sqltext.Expr, not bool) rel {
	switch e := sqltext.Unparen(p).(type) {
	case *sqltext.Unary:
		if e.Op == "NOT" {
			return u.filter(in, e.X, !not)
		}
	case *subquery:
		switch e.kind {
		case existsSubquery:
			in, to, keys := u.semi(in, e.sel.rel)
			if not {
				return &lookup{in: in, to: to, keys: keys, missing: true}
			}
			to, keys, _ = u.renamed(to, keys, nil)
			return &equijoin{left: in, right: to, keys: keys}
		case inSubquery:
			if not == e.not {
				in, x := u.attachAll(in, e.x)
				in, to, keys := u.semi(in, u.member(e, x))
				to, keys, _ = u.renamed(to, keys, nil)
				return &equijoin{left: in, right: to, keys: keys}
			}
			if len(e.x) == 1 {
				return u.filterNotIn(in, e)
			}
		}
	}
	return nil
}

// filterNotIn returns the rows of in whose operand is not among those of a subquery: it is not, and neither is NULL, or
// the subquery has no rows.
func (u *unnesting) filterNotIn(in rel, e *subquery) rel {
	c := u.cols
	in, x := u.attachAll(in, e.x)
	rows := &shared{in: e.sel.rel}
	of := func(r rel) *subquery {
		return &subquery{Expr: e.Expr, kind: existsSubquery, sel: &boundSelect{rel: r, ids: e.sel.ids}}
	}
	in2, to, keys := u.semi(in, u.member(&subquery{sel: &boundSelect{rel: rows, ids: e.sel.ids}, x: x}, x))
	var out rel = &lookup{in: in2, to: to, keys: keys, missing: true}
	y := c.ref(e.sel.ids[0])
	if !c.of(y.id).notNull {
		out = u.filter(out, of(&block{items: []rel{rows}, preds: []sqltext.Expr{&sqltext.IsNull{X: y}}}), true)
	}
	if id, ok := sameValue(x[0]); !ok || !c.of(id).notNull {
		var p sqltext.Expr
		out, p = u.attach(out, &sqltext.Binary{Op: "OR", L: &sqltext.IsNull{X: x[0], Not: true}, R: &sqltext.Unary{Op: "NOT", X: of(rows)}})
		out = &block{items: []rel{out}, preds: []sqltext.Expr{p}}
	}
	return out
}

// member is the rows of an IN's subquery that are equal to its operand x.
func (u *unnesting) member(e *subquery, x []sqltext.Expr) rel {
	b := &block{items: []rel{e.sel.rel}}
	for n, id := range e.sel.ids {
		b.preds = append(b.preds, &sqltext.Binary{Op: "=", L: x[n], R: u.cols.ref(id)})
	}
	return b
}

// attach gives in the columns that stand for the subqueries of e, and returns e over them.
func (u *unnesting) attach(in rel, e sqltext.Expr) (rel, sqltext.Expr) {
	if s, ok := e.(*subquery); ok {
		switch s.kind {
		case existsSubquery:
			return u.mark(in, s.sel.rel)
		case inSubquery:
			return u.attachIn(in, s)
		}
		return u.attachScalar(in, s)
	}
	if c, ok := e.(*sqltext.Case); ok && c.Operand == nil && hasSubquery(c) {
		return u.attachCase(in, c)
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) {
		in, x = u.attach(in, x)
		return x, nil
	})
	return in, out
}

// attachAll is attach for several expressions.
func (u *unnesting) attachAll(in rel, es []sqltext.Expr) (rel, []sqltext.Expr) {
	out := make([]sqltext.Expr, len(es))
	for i, e := range es {
		in, out[i] = u.attach(in, e)
	}
	return in, out
}

// mark gives in a column that is NULL where sub has no rows for a row, and returns the test of it.
func (u *unnesting) mark(in, sub rel) (rel, sqltext.Expr) {
	in, to, keys := u.semi(in, sub)
	id := u.cols.add(colInfo{name: "exists", affinity: AffinityInteger, collation: binary, uniform: true, content: onlyNumbers})
	to, keys, _ = u.renamed(to, keys, nil)
	out := &lookup{in: in, to: &constants{in: to, ones: []colID{id}}, keys: keys}
	return out, &sqltext.IsNull{X: u.cols.ref(id), Not: true}
}

// attachIn gives in what IN needs: whether the operand is among the rows, and, where it is not, whether NULLs leave that
// open (https://www.sqlite.org/lang_expr.html#the_in_and_not_in_operators).
func (u *unnesting) attachIn(in rel, s *subquery) (rel, sqltext.Expr) {
	c := u.cols
	in, x := u.attachAll(in, s.x)
	rows := &shared{in: s.sel.rel}
	e := &subquery{sel: &boundSelect{rel: rows, ids: s.sel.ids}}
	in, is := u.mark(in, u.member(e, x))
	null := &sqltext.Literal{Kind: sqltext.NullLiteral, Text: "NULL"}
	number := func(text string) sqltext.Expr { return &sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: text} }
	value := &sqltext.Case{Whens: []sqltext.When{{When: is, Then: number("1")}}, Else: number("0")}
	var open sqltext.Expr
	or := func(e sqltext.Expr) {
		if open == nil {
			open = e
		} else {
			open = &sqltext.Binary{Op: "OR", L: open, R: e}
		}
	}
	if len(x) > 1 {
		// A row that is not known to differ.
		b := &block{items: []rel{rows}}
		for n, id := range s.sel.ids {
			b.preds = append(b.preds, &sqltext.Is{L: &sqltext.Binary{Op: "=", L: x[n], R: c.ref(id)}, R: number("0"), Not: true})
		}
		var maybe sqltext.Expr
		in, maybe = u.mark(in, b)
		or(maybe)
	} else {
		y := c.ref(s.sel.ids[0])
		if !c.of(y.id).notNull {
			var some sqltext.Expr
			in, some = u.mark(in, &block{items: []rel{rows}, preds: []sqltext.Expr{&sqltext.IsNull{X: y}}})
			or(some)
		}
		if id, ok := sameValue(x[0]); !ok || !c.of(id).notNull {
			var some sqltext.Expr
			in, some = u.mark(in, rows)
			or(&sqltext.Binary{Op: "AND", L: &sqltext.IsNull{X: x[0]}, R: some})
		}
	}
	if open != nil {
		value.Whens = append(value.Whens, sqltext.When{When: open, Then: null})
	}
	if s.not {
		return in, &sqltext.Unary{Op: "NOT", X: value}
	}
	return in, value
}

// semi returns the distinct keys under which sub has rows, and the join keys by which a row of in finds its own. Both in
// and what is returned for it have the same rows.
func (u *unnesting) semi(in, sub rel) (_, to rel, keys []joinKey) {
	outside := refsWithin(sub).common(in.columns())
	if len(outside) == 0 {
		id := u.cols.add(colInfo{name: "1", affinity: AffinityInteger, collation: binary, uniform: true, content: onlyNumbers})
		return in, &distinction{in: &constants{in: u.rel(sub), ones: []colID{id}}, cols: []groupKey{{id: id, collation: binary}}}, nil
	}
	if k := u.correlateByKey(in, sub, outside); k != nil {
		d := &distinction{in: u.rel(k.sub)}
		for _, key := range k.keys {
			if !d.has(key.right) {
				d.cols = append(d.cols, groupKey{id: key.right, collation: key.collation})
			}
		}
		return k.in, d, k.keys
	}
	d := u.depend(in, outside)
	r, at := d.with(sub)
	return d.in, d.distinct(u.rel(r), at), d.keys(at)
}

// renamed gives a relation that is looked up columns of its own: the keys', and those for ids. The same subquery may be
// attached twice, and its columns are not to be taken for outside ones then.
func (u *unnesting) renamed(to rel, keys []joinKey, ids []colID) (rel, []joinKey, map[colID]colID) {
	as := map[colID]colID{}
	out := &unionAll{branches: []rel{to}, cols: [][]colID{nil}}
	add := func(id colID) {
		if _, ok := as[id]; !ok {
			as[id] = u.cols.add(*u.cols.of(id))
			out.cols[0], out.outs = append(out.cols[0], id), append(out.outs, as[id])
		}
	}
	own := make([]joinKey, len(keys))
	for i, k := range keys {
		add(k.right)
		own[i] = k
		own[i].right = as[k.right]
	}
	for _, id := range ids {
		add(id)
	}
	return out, own, as
}

// has tells whether id is a column of the result.
func (r *distinction) has(id colID) bool {
	for _, k := range r.cols {
		if k.id == id {
			return true
		}
	}
	return false
}

// common returns the columns that are in both sets.
func (s colSet) common(t colSet) colSet {
	both := colSet{}
	for id := range s {
		if t.has(id) {
			both.add(id)
		}
	}
	return both
}
