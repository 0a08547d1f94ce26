package planner

import (
	"maps"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// dependency is the set of the distinct tuples of outside values that a subquery depends on: the subquery is computed for
// each of them. Tuples are told apart by identity, as SQLite evaluates the subquery on the values themselves.
type dependency struct {
	u       *unnesting
	in      *shared // where the values come from
	outside []colID
	tuples  rel
}

// depend makes the dependency set of the columns outside of in.
func (u *unnesting) depend(in rel, outside colSet) *dependency {
	s, ok := in.(*shared)
	if !ok {
		s = &shared{in: in}
	}
	d := &dependency{u: u, in: s, outside: outside.sorted()}
	set := &distinction{in: s}
	for _, id := range d.outside {
		set.cols = append(set.cols, groupKey{id: id, identity: true})
	}
	d.tuples = &shared{in: set}
	return d
}

// instance returns the tuples under columns of their own; at tells which stands for which.
func (d *dependency) instance() (r rel, at map[colID]colID) {
	u := &unionAll{branches: []rel{d.tuples}, cols: [][]colID{d.outside}}
	u.outs, at = d.copies(nil)
	return u, at
}

// copies makes columns for the outside values, after ids.
func (d *dependency) copies(ids []colID) ([]colID, map[colID]colID) {
	at := map[colID]colID{}
	for _, id := range d.outside {
		at[id] = d.u.cols.add(*d.u.cols.of(id))
		ids = append(ids, at[id])
	}
	return ids, at
}

// keys are the join keys by which a row around finds what was computed for its values.
func (d *dependency) keys(at map[colID]colID) (keys []joinKey) {
	for _, id := range d.outside {
		keys = append(keys, joinKey{left: id, right: at[id], identity: true})
	}
	return keys
}

// distinct is the tuples for which r has rows.
func (d *dependency) distinct(r rel, at map[colID]colID) *distinction {
	return &distinction{in: r, cols: d.group(nil, at)}
}

// group adds the outside values to what is grouped by.
func (d *dependency) group(keys []groupKey, at map[colID]colID) []groupKey {
	keys = append([]groupKey(nil), keys...)
	for _, id := range d.outside {
		keys = append(keys, groupKey{id: at[id], identity: true})
	}
	return keys
}

// pairs says that the outside values of two relations are the same ones.
func (d *dependency) pairs(l, r map[colID]colID) (keys []joinKey, preds []sqltext.Expr) {
	for _, id := range d.outside {
		keys = append(keys, joinKey{left: l[id], right: r[id], identity: true})
		preds = append(preds, newSameAs(d.u.cols, l[id], r[id]))
	}
	return keys, preds
}

func (d *dependency) needs(r rel) bool { return len(refsWithin(r).common(setOf(d.outside...))) > 0 }

// with returns the rows of r for each tuple, with the tuple: at tells the columns that hold it.
func (d *dependency) with(r rel) (_ rel, at map[colID]colID) {
	if !d.needs(r) {
		tuples, at := d.instance()
		if _, ok := r.(*one); ok {
			return tuples, at
		}
		return &block{items: []rel{tuples, r}}, at
	}
	switch r := r.(type) {
	case *block:
		return d.block(r)
	case *extend:
		in, at := d.with(r.in)
		out := &extend{in: in}
		for _, o := range r.outs {
			out.outs = append(out.outs, computed{o.id, substitute(o.expr, at)})
		}
		return out, at
	case *constants:
		in, at := d.with(r.in)
		return &constants{in: in, nulls: r.nulls, ones: r.ones}, at
	case *shared:
		return d.with(r.in)
	case *tableFunction:
		out := *r
		out.in, at = d.with(r.in)
		out.args, out.on = substituteAll(r.args, at), substituteAll(r.on, at)
		return &out, at
	case *aggregation:
		if r.global {
			return d.global(r)
		}
		out := *r
		out.in, at = d.with(r.in)
		out.keys = d.group(r.keys, at)
		return &out, at
	case *regroup:
		if r.global {
			return d.globalRegroup(r)
		}
		in, own := d.with(r.in)
		out := r.substituted(own)
		out.in, out.keys = in, d.group(r.keys, own)
		return d.shown(out, own)
	case *distinction:
		in, at := d.with(r.in)
		return &distinction{in: in, cols: d.group(r.cols, at)}, at
	case *unionAll:
		out := &unionAll{}
		for i, b := range r.branches {
			in, at := d.with(b)
			cols := append([]colID(nil), r.cols[i]...)
			for _, id := range d.outside {
				cols = append(cols, at[id])
			}
			out.branches, out.cols = append(out.branches, in), append(out.cols, cols)
		}
		out.outs, at = d.copies(append([]colID(nil), r.outs...))
		return out, at
	case *equijoin:
		l, lat := d.with(r.left)
		right, rat := d.with(r.right)
		keys, _ := d.pairs(lat, rat)
		return &equijoin{left: l, right: right, keys: append(keys, r.keys...)}, lat
	case *lookup:
		in, lat := d.with(r.in)
		to, rat := d.with(r.to)
		keys, _ := d.pairs(lat, rat)
		return &lookup{in: in, to: to, keys: append(keys, r.keys...), missing: r.missing}, lat
	case *outerJoin:
		return d.outer(r)
	}
	panic("planner: unknown relation in a subquery")
}

// block joins the tuples to a join's items, or lets the items that depend on them bring them.
func (d *dependency) block(r *block) (rel, map[colID]colID) {
	out := &block{}
	var at map[colID]colID
	for _, item := range r.items {
		if _, ok := item.(*one); ok {
			continue
		}
		if !d.needs(item) {
			out.items = append(out.items, item)
			continue
		}
		in, own := d.with(item)
		out.items = append(out.items, in)
		if at == nil {
			at = own
			continue
		}
		_, preds := d.pairs(at, own)
		out.preds = append(out.preds, preds...)
	}
	if at == nil {
		var tuples rel
		tuples, at = d.instance()
		out.items = append([]rel{tuples}, out.items...)
	}
	out.preds = append(out.preds, substituteAll(r.preds, at)...)
	return out, at
}

// outer joins the tuples to both sides of an outer join, or to its kept side alone where the other has nothing to do with
// them.
func (d *dependency) outer(r *outerJoin) (rel, map[colID]colID) {
	out := &outerJoin{keepLeft: r.keepLeft, keepRight: r.keepRight, left: r.left, right: r.right}
	var lat, rat map[colID]colID
	if r.keepLeft || d.needs(r.left) {
		out.left, lat = d.with(r.left)
	}
	if r.keepRight || d.needs(r.right) {
		out.right, rat = d.with(r.right)
	}
	at := lat
	if at == nil {
		at = rat
	}
	out.preds = substituteAll(r.preds, at)
	if lat == nil || rat == nil {
		return out, at
	}
	_, preds := d.pairs(lat, rat)
	out.preds = append(preds, out.preds...)
	switch {
	case !r.keepRight:
		return out, lat
	case !r.keepLeft:
		return out, rat
	}
	ext := &extend{in: out}
	ids, at := d.copies(nil)
	for i, id := range d.outside {
		either := coalesce(sqltext.Span{}, []sqltext.Expr{d.u.cols.ref(lat[id]), d.u.cols.ref(rat[id])})
		ext.outs = append(ext.outs, computed{ids[i], either})
	}
	return ext, at
}

// global computes an aggregate without GROUP BY for each tuple. It has a row for every tuple, also for those without
// input: so that their groups exist, each gets a row of NULLs, which the functions pass over.
func (d *dependency) global(r *aggregation) (rel, map[colID]colID) {
	u, made, inside, flag := d.padded(r.in, r.inputs(), false)
	out := r.over(inside, flag)
	out.in, out.keys, out.global = u, d.group(nil, made), false
	return out, made
}

// padded is in for each tuple, and a row of NULLs for each tuple besides, or only for those without rows of in. made has
// the outside values, inside the columns args of in; flag is not NULL in the rows of in.
func (d *dependency) padded(in rel, args colSet, only bool) (u *unionAll, made, inside map[colID]colID, flag colID) {
	c := d.u.cols
	in, at := d.with(in)
	tuples, own := d.instance()
	if only {
		in = share(in)
		keys, _ := d.pairs(own, at)
		tuples = &lookup{in: tuples, to: d.distinct(in, at), keys: keys, missing: true}
	}
	one := c.add(colInfo{name: "1", affinity: AffinityInteger, collation: binary, uniform: true, content: onlyNumbers})
	nulls := append(args.sorted(), one)
	u = &unionAll{branches: []rel{&constants{in: tuples, nulls: nulls}, &constants{in: in, ones: []colID{one}}}}
	cols := [2][]colID{}
	for _, id := range d.outside {
		cols[0], cols[1] = append(cols[0], own[id]), append(cols[1], at[id])
	}
	cols[0], cols[1] = append(cols[0], nulls...), append(cols[1], nulls...)
	u.cols = cols[:]
	u.outs, made = d.copies(nil)
	inside = map[colID]colID{}
	for _, id := range nulls {
		inside[id] = c.add(*c.of(id))
		u.outs = append(u.outs, inside[id])
	}
	return u, made, inside, inside[one]
}

// shown lets a recomputed group show the outside values, which it is grouped by.
func (d *dependency) shown(r *regroup, at map[colID]colID) (rel, map[colID]colID) {
	ids, made := d.copies(nil)
	for i, id := range d.outside {
		r.outs = append(r.outs, computed{ids[i], d.u.cols.ref(at[id])})
	}
	return r, made
}

// globalRegroup is global for groups that are recomputed: the functions pass over the rows that are there for the tuples
// alone, by a FILTER.
func (d *dependency) globalRegroup(r *regroup) (rel, map[colID]colID) {
	outside := setOf(d.outside...)
	args := colSet{}
	for _, e := range r.exprs() {
		for id := range refsOf(e) {
			if !outside.has(id) {
				args.add(id)
			}
		}
	}
	// A bare column comes from a row that there is, where there is one.
	u, made, inside, flag := d.padded(r.in, args, r.hasBare(outside))
	maps.Copy(inside, made)
	out := r.substituted(inside).filtered(flag)
	out.in, out.keys, out.global = u, d.group(nil, made), false
	return d.shown(out, made)
}

// substitute replaces the outside columns in e, in subqueries too.
func substitute(e sqltext.Expr, at map[colID]colID) sqltext.Expr {
	switch x := e.(type) {
	case *ref:
		if to, ok := at[x.id]; ok {
			return &ref{Column: x.Column, id: to}
		}
		return e
	case *subquery:
		c := *x
		sel := *x.sel
		sel.rel = substituteRel(sel.rel, at, map[rel]rel{})
		c.sel, c.x = &sel, substituteAll(x.x, at)
		c.first = nil
		for _, k := range x.first {
			k.expr = substitute(k.expr, at)
			c.first = append(c.first, k)
		}
		return &c
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return substitute(x, at), nil })
	return out
}

func substituteAll(es []sqltext.Expr, at map[colID]colID) []sqltext.Expr {
	out := make([]sqltext.Expr, len(es))
	for i, e := range es {
		out[i] = substitute(e, at)
	}
	return out
}

// substituteRel replaces the outside columns in all expressions of r. done keeps what is shared shared.
func substituteRel(r rel, at map[colID]colID, done map[rel]rel) rel {
	if out, ok := done[r]; ok {
		return out
	}
	in := func(r rel) rel { return substituteRel(r, at, done) }
	var out rel
	switch r := r.(type) {
	case *shared:
		out = &shared{in: in(r.in)}
	case *block:
		b := &block{preds: substituteAll(r.preds, at)}
		for _, i := range r.items {
			b.items = append(b.items, in(i))
		}
		out = b
	case *extend:
		x := &extend{in: in(r.in)}
		for _, o := range r.outs {
			x.outs = append(x.outs, computed{o.id, substitute(o.expr, at)})
		}
		out = x
	case *outerJoin:
		o := *r
		o.left, o.right, o.preds = in(r.left), in(r.right), substituteAll(r.preds, at)
		out = &o
	case *tableFunction:
		f := *r
		f.in, f.args, f.on = in(r.in), substituteAll(r.args, at), substituteAll(r.on, at)
		out = &f
	case *regroup:
		g := r.substituted(at)
		g.in = in(r.in)
		out = g
	default:
		out = mapInputs(nil, r, in)
	}
	done[r] = out
	return out
}
