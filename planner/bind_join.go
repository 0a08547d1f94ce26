package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// joining puts the relation of a FROM clause together, from left to right.
type joining struct {
	b     *binder
	block *block
}

// add joins right, the item t, on preds.
func (j *joining) add(t *sqltext.TableRef, right *boundFrom, preds []sqltext.Expr) error {
	kind := sqltext.CommaJoin
	if t.Join != nil {
		kind = t.Join.Kind
	}
	if right.before != nil {
		sofar, later := j.sofar()
		j.block = &block{items: []rel{&extend{in: sofar, outs: right.before}}, preds: later}
	}
	if right.function != nil {
		return j.function(t, right, kind, preds)
	}
	switch kind {
	case sqltext.LeftJoin, sqltext.RightJoin, sqltext.FullJoin:
		return j.outerJoin(t, right, kind, blockOf(right.block.items, right.block.preds), preds)
	}
	j.block.items = append(j.block.items, right.block.items...)
	j.block.preds = append(append(j.block.preds, right.block.preds...), preds...)
	return nil
}

// outerJoin makes an outer join with what the item right is.
func (j *joining) outerJoin(t *sqltext.TableRef, right *boundFrom, kind sqltext.JoinKind, r rel, preds []sqltext.Expr) error {
	if err := j.outer(t, kind, r, preds); err != nil {
		return err
	}
	if right.merges != nil {
		j.block.items[0] = &extend{in: j.block.items[0], outs: right.merges}
	}
	return nil
}

// outer makes an outer join of all that stands to the left and right.
func (j *joining) outer(t *sqltext.TableRef, kind sqltext.JoinKind, right rel, preds []sqltext.Expr) error {
	o := &outerJoin{
		right: right, preds: preds,
		keepLeft: kind != sqltext.RightJoin, keepRight: kind != sqltext.LeftJoin,
	}
	var later []sqltext.Expr
	o.left, later = j.sofar()
	// An inner join's ON may name a table to its right; it is a condition on the whole then.
	if len(later) > 0 && o.keepRight {
		return j.b.text.refuse(t.Join.Span, "ON that names a table to its right, before a RIGHT or FULL JOIN", "write the condition in WHERE")
	}
	have := o.columns()
	for _, p := range preds {
		for id := range j.own(p) {
			if !have.has(id) {
				return j.b.text.refuse(p.Bounds(), "ON that names a table to its right", "write the joins in the other order")
			}
		}
	}
	if o.keepLeft {
		j.b.pad(o.right)
	}
	if o.keepRight {
		j.b.pad(o.left)
	}
	j.block = &block{items: []rel{o}, preds: later}
	return nil
}

// sofar returns what is joined so far, and the conditions that name tables further to the right.
func (j *joining) sofar() (r rel, later []sqltext.Expr) {
	have := j.block.columns()
	var now []sqltext.Expr
	for _, p := range j.block.preds {
		if j.own(p).within(have) {
			now = append(now, p)
		} else {
			later = append(later, p)
		}
	}
	return blockOf(j.block.items, now), later
}

// own returns the columns of this FROM clause that p refers to.
func (j *joining) own(p sqltext.Expr) colSet {
	all := colSet{}
	walk(p, func(e sqltext.Expr) bool {
		switch e := e.(type) {
		case *ref:
			if !e.outer {
				all.add(e.id)
			}
		case *subquery:
			have := j.block.columns()
			for id := range refsOf(e) {
				if have.has(id) {
					all.add(id)
				}
			}
		}
		return true
	})
	return all
}

// pad notes that an outer join may make r's columns NULL.
func (b *binder) pad(r rel) {
	for id := range r.columns() {
		b.cols.of(id).notNull = false
	}
}

// blockOf is the join of items on preds, the item itself where there is nothing to do.
func blockOf(items []rel, preds []sqltext.Expr) rel {
	if len(items) == 1 && len(preds) == 0 {
		return items[0]
	}
	return &block{items: items, preds: preds}
}
