package planner

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// compound joins the parts of a compound SELECT by its operators, from left to right, as SQLite does whatever they are.
func (b *binder) compound(s *sqltext.Select, parts []*boundCore) (rel, []colID, error) {
	var outs []colID
	for j := range parts[0].ids {
		outs = append(outs, b.cols.add(b.unionColumn(parts, j)))
	}
	var collations []string
	for _, op := range s.Ops {
		if op != sqltext.UnionAll {
			var err error
			if collations, err = b.compoundCollations(s, parts); err != nil {
				return nil, nil, err
			}
			break
		}
	}
	distinct := func(r rel, ids []colID) *distinction {
		d := &distinction{in: r}
		for j, id := range ids {
			d.cols = append(d.cols, groupKey{id: id, collation: collations[j]})
		}
		return d
	}
	// Each operator's result has columns of its own, so that a branch that names one column twice has two.
	left, ids := parts[0].rel, parts[0].ids
	for i, op := range s.Ops {
		made := outs
		if i < len(s.Ops)-1 {
			made = b.copies(outs)
		}
		right := parts[i+1]
		if op == sqltext.UnionAll || op == sqltext.Union {
			u := &unionAll{outs: made}
			if l, ok := left.(*unionAll); ok && i > 0 {
				u.branches, u.cols = l.branches, l.cols
			} else {
				u.branches, u.cols = []rel{left}, [][]colID{ids}
			}
			u.branches, u.cols = append(u.branches, right.rel), append(u.cols, right.ids)
			left, ids = u, made
			if op == sqltext.Union {
				left = distinct(u, made)
			}
			continue
		}
		own := b.copies(outs)
		l := distinct(&unionAll{branches: []rel{left}, cols: [][]colID{ids}, outs: made}, made)
		r := distinct(&unionAll{branches: []rel{right.rel}, cols: [][]colID{right.ids}, outs: own}, own)
		var keys []joinKey
		for j := range made {
			keys = append(keys, joinKey{left: made[j], right: own[j], collation: collations[j], nulls: true})
		}
		if op == sqltext.Intersect {
			left = &equijoin{left: l, right: r, keys: keys}
		} else {
			left = &lookup{in: l, to: r, keys: keys, missing: true}
		}
		ids = made
	}
	return left, ids, nil
}

// copies adds columns that are described as ids are.
func (b *binder) copies(ids []colID) []colID {
	var out []colID
	for _, id := range ids {
		out = append(out, b.cols.add(*b.cols.of(id)))
	}
	return out
}

// compoundCollations returns the collations by which a compound compares its rows: for each column that of the first
// branch that has one there (multiSelectCollSeq).
func (b *binder) compoundCollations(s *sqltext.Select, parts []*boundCore) ([]string, error) {
	var collations []string
	for j := range parts[0].ids {
		c := ""
		for _, p := range parts {
			if c = b.cols.of(p.ids[j]).collation; c != "" {
				break
			}
		}
		if _, ok := dbsp.CollationNamed(c); !ok {
			return nil, b.text.refuse(s.OpSpans[0], "collation "+c+" of a compound SELECT", "only BINARY, NOCASE and RTRIM are maintained")
		}
		collations = append(collations, orBinary(c))
	}
	return collations, nil
}

// unionColumn describes column j of a compound: collation and name are the first branch's; the affinity is, as long as
// all branches agree.
func (b *binder) unionColumn(parts []*boundCore, j int) colInfo {
	info := boundary(*b.cols.of(parts[0].ids[j]))
	first, known := info.affinity, parts[0].items != nil
	differ, real := false, first == AffinityReal
	branches := []sqltext.Expr{parts[0].column(j)}
	for _, p := range parts[1:] {
		o := b.cols.of(p.ids[j])
		known, branches = known && p.items != nil, append(branches, p.column(j))
		if o.affinity != first {
			differ, info.uniform = true, false
			real = real || o.affinity == AffinityReal
			info.varied = info.varied || o.affinity.class() != first.class()
		}
		if o.declType != info.declType {
			info.declType = ""
		}
		info.uniform = info.uniform && o.uniform
		info.mixed = info.mixed || o.mixed
		info.content = info.content.or(o.content)
		info.coerced = info.coerced || o.coerced
		info.subtyped = info.subtyped || o.subtyped
		info.varied = info.varied || o.varied
		info.madeReal = info.madeReal || o.madeReal
		info.branched = info.branched || o.branched
	}
	if !differ {
		return info
	}
	info.declType = ""
	if known && b.knowsCompounds() {
		info.affinity = b.cols.compoundAffinity(branches)
		info.asReal = info.affinity == AffinityReal
		return info
	}
	info.mixed, info.coerced = true, info.coerced || real
	info.affinity = AffinityNone
	return info
}

// column is what the branch selects for column j, nil where that is not known.
func (p *boundCore) column(j int) sqltext.Expr {
	if p.items == nil {
		return nil
	}
	return p.items[j].expr
}
