package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// byKey is a subquery that was made independent of the queries around it by computing it for each value of the columns
// that it compares with theirs.
type byKey struct {
	in   rel       // the rows around, with the outside values
	sub  rel       // the subquery, with the inside values
	keys []joinKey // how they meet
}

// correlateByKey makes sub independent of in, where it names the columns outside only in conditions a = b, with columns
// of one kind on either side, and compares exactly as join keys do. It returns nil elsewhere. global allows that sub's
// rows are those of an aggregate without GROUP BY: it then has a row only for values that occur.
func (u *unnesting) correlateByKey(in, sub rel, outside colSet) *byKey {
	return u.correlate(in, sub, outside, false)
}

func (u *unnesting) correlate(in, sub rel, outside colSet, global bool) *byKey {
	// What is computed for values that nobody outside has must not fail.
	if !u.harmlessRel(sub) {
		return nil
	}
	s := &separation{u: u, outside: outside, global: global, keyed: &keyed{cols: u.cols, left: &extend{in: in}}}
	r := s.rel(sub)
	if r == nil || len(s.keyed.keys) == 0 {
		return nil
	}
	for i, k := range s.keyed.keys {
		for _, o := range s.keyed.keys[:i] {
			if o.right == k.right && o.collation != k.collation {
				return nil
			}
		}
	}
	k := &byKey{in: s.keyed.left, sub: r, keys: s.keyed.keys}
	if len(s.keyed.left.outs) == 0 {
		k.in = in
	}
	return k
}

// separation takes the conditions on columns outside out of a subquery.
type separation struct {
	u       *unnesting
	outside colSet
	global  bool
	keyed   *keyed
}

func (s *separation) needs(r rel) bool { return len(refsWithin(r).common(s.outside)) > 0 }

func (s *separation) names(e sqltext.Expr) bool { return len(refsOf(e).common(s.outside)) > 0 }

// rel returns r without the conditions, with the columns of the keys; nil where that can't be.
func (s *separation) rel(r rel) rel {
	for _, e := range exprsOf(r) {
		if _, ok := r.(*block); !ok && s.names(e) {
			return nil
		}
	}
	switch r := r.(type) {
	case *block:
		return s.block(r)
	case *extend:
		if in := s.rel(r.in); in != nil {
			return &extend{in: in, outs: r.outs}
		}
	case *constants:
		if in := s.rel(r.in); in != nil {
			return &constants{in: in, nulls: r.nulls, ones: r.ones}
		}
	case *shared:
		return s.rel(r.in)
	case *aggregation:
		in, keys := s.grouped(r.in, r.keys, r.global)
		if in == nil {
			return nil
		}
		out := *r
		out.in, out.keys, out.global = in, keys, false
		return &out
	case *regroup:
		in, keys := s.grouped(r.in, r.keys, r.global)
		if in == nil {
			return nil
		}
		out := *r
		out.in, out.keys, out.global = in, keys, false
		out.outs = slices.Clone(r.outs)
		for _, k := range s.keyed.keys {
			if !slices.ContainsFunc(out.outs, func(o computed) bool { return o.id == k.right }) {
				out.outs = append(out.outs, computed{k.right, s.u.cols.ref(k.right)})
			}
		}
		return &out
	case *distinction:
		if in, keys := s.grouped(r.in, r.cols, false); in != nil {
			return &distinction{in: in, cols: keys}
		}
	}
	return nil
}

// grouped returns the input of a grouping without the conditions, and its keys with the inside values; nil where that
// can't be.
func (s *separation) grouped(in rel, keys []groupKey, global bool) (rel, []groupKey) {
	if global && !s.global {
		return nil, nil
	}
	if in = s.rel(in); in == nil {
		return nil, nil
	}
	keys, ok := s.group(slices.Clone(keys))
	if !ok {
		return nil, nil
	}
	return in, keys
}

// group adds the inside values to what is grouped by.
func (s *separation) group(keys []groupKey) ([]groupKey, bool) {
	for _, k := range s.keyed.keys {
		at := slices.IndexFunc(keys, func(g groupKey) bool { return g.id == k.right })
		if at < 0 {
			keys = append(keys, groupKey{id: k.right, collation: k.collation})
		} else if keys[at].collation != k.collation || keys[at].identity {
			return nil, false
		}
	}
	return keys, true
}

// block separates a join's or filter's conditions.
func (s *separation) block(r *block) rel {
	var plain, pairs []sqltext.Expr
	for _, p := range r.preds {
		if s.names(p) {
			pairs = append(pairs, p)
		} else {
			plain = append(plain, p)
		}
	}
	for n, item := range r.items {
		if !s.needs(item) {
			continue
		}
		if len(r.items) > 1 || len(pairs) > 0 {
			return nil
		}
		in := s.rel(r.items[n])
		if in == nil {
			return nil
		}
		return blockOf([]rel{in}, plain)
	}
	s.keyed.right = &extend{in: blockOf(r.items, plain)}
	o := &ordering{cols: s.u.cols}
	for _, p := range pairs {
		a, b := o.equality(p)
		if a == nil || hasSubquery(p) {
			return nil
		}
		straight := refsOf(a).within(s.outside) && !s.names(b)
		if !straight && (!refsOf(b).within(s.outside) || s.names(a)) {
			return nil
		}
		if !s.keyed.key(p, straight) {
			return nil
		}
	}
	if len(s.keyed.right.outs) == 0 {
		return s.keyed.right.in
	}
	return s.keyed.right
}
