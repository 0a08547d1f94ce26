package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// fixedColumn is a column that has one value, up to what the comparison that fixed it finds equal.
type fixedColumn map[colID]string // the collation

// single tells whether r has at most one row, whatever the tables hold, for one row of the queries around. fixed are
// columns with one value.
func (c *columns) single(r rel, fixed fixedColumn) bool {
	switch r := r.(type) {
	case *one:
		return true
	case *extend:
		return c.single(r.in, fixed)
	case *constants:
		return c.single(r.in, fixed)
	case *shared:
		return c.single(r.in, fixed)
	case *scan:
		return r.single(fixed)
	case *block:
		return c.singleBlock(r, fixed)
	case *aggregation:
		return r.global || c.single(r.in, fixed) || c.fixedKeys(r.in, r.keys, fixed)
	case *distinction:
		return c.single(r.in, fixed) || c.fixedKeys(r.in, r.cols, fixed)
	case *regroup:
		return len(r.keys) == 0 || c.single(r.in, fixed) || c.fixedKeys(r.in, r.keys, fixed)
	case *unionAll:
		return len(r.branches) == 1 && c.single(r.branches[0], nil)
	case *equijoin:
		return c.singleJoin(r.left, r.right, r.keys, fixed, false) || c.singleJoin(r.right, r.left, r.keys, fixed, true)
	case *lookup:
		return r.missing && c.single(r.in, fixed)
	case *outerJoin:
		if r.keepRight || !c.single(r.left, fixed) {
			return false
		}
		return c.singleBlock(&block{items: []rel{r.right}, preds: r.preds}, c.fix(fixed, r.left.columns()))
	}
	return false
}

// fix adds columns of a single row to what is fixed.
func (c *columns) fix(fixed fixedColumn, ids colSet) fixedColumn {
	out := fixedColumn{}
	for id, by := range fixed {
		out[id] = by
	}
	for id := range ids {
		out[id] = binary
	}
	return out
}

// fixedBy returns the columns that conditions fix: those compared with what is outside r or fixed itself. Conditions
// between an outside value and a column of r are those by which a row is looked up.
func (c *columns) fixedBy(preds []sqltext.Expr, own colSet, fixed fixedColumn) fixedColumn {
	out := c.fix(fixed, nil)
	for again := true; again; {
		again = false
		for _, p := range preds {
			eq, ok := sqltext.Unparen(p).(*sqltext.Binary)
			if !ok || eq.Op != "=" || hasSubquery(p) {
				continue
			}
			for _, side := range [][2]sqltext.Expr{{eq.L, eq.R}, {eq.R, eq.L}} {
				id, ok := sameValue(side[0])
				if !ok || !own.has(id) || !c.outsideOf(side[1], own, out) || !c.convertsOther(side[0], side[1]) {
					continue
				}
				if _, known := out[id]; !known {
					out[id] = c.comparison(eq.L, eq.R)
					again = true
				}
			}
		}
	}
	return out
}

// outsideOf tells whether e has one value: all its columns are outside own, or fixed.
func (c *columns) outsideOf(e sqltext.Expr, own colSet, fixed fixedColumn) bool {
	for id := range refsOf(e) {
		if by, ok := fixed[id]; own.has(id) && (!ok || by != binary) {
			return false
		}
	}
	return true
}

// convertsOther tells whether comparing column x with y leaves x's values as they are, so that those equal to one y are
// equal to each other.
func (c *columns) convertsOther(x, y sqltext.Expr) bool {
	xc, yc := c.affinity(x).class(), c.affinity(y).class()
	switch {
	case xc == yc || xc == numericClass:
		return true
	case xc == noneClass:
		return yc == blobClass
	}
	return yc != numericClass // between columns only numeric affinity is applied
}

// singleBlock tells whether each item of a join has at most one row for the conditions.
func (c *columns) singleBlock(r *block, fixed fixedColumn) bool {
	own := r.columns()
	pending := append([]rel(nil), r.items...)
	for len(pending) > 0 {
		now := c.fixedBy(r.preds, own, fixed)
		var rest []rel
		for _, item := range pending {
			if c.single(item, now) {
				fixed = c.fix(fixed, item.columns())
			} else {
				rest = append(rest, item)
			}
		}
		if len(rest) == len(pending) {
			return false
		}
		pending = rest
	}
	return true
}

// singleJoin tells whether one side of a join has at most one row, and the other at most one for its key. swapped tells that
// one is the right side.
func (c *columns) singleJoin(one, other rel, keys []joinKey, fixed fixedColumn, swapped bool) bool {
	if !c.single(one, fixed) {
		return false
	}
	now := c.fix(fixed, nil)
	for _, k := range keys {
		id, by := k.right, k.collation
		if swapped {
			id = k.left
		}
		if k.identity {
			by = binary
		}
		if _, known := now[id]; !known {
			now[id] = by
		}
	}
	return c.single(other, now)
}

// fixedKeys tells whether all keys of a GROUP BY or DISTINCT over r have one value.
func (c *columns) fixedKeys(r rel, keys []groupKey, fixed fixedColumn) bool {
	for {
		x, ok := r.(*extend)
		if !ok {
			break
		}
		own := x.in.columns()
		fixed = c.fix(fixed, nil)
		for _, o := range x.outs {
			if _, known := fixed[o.id]; !known && !hasSubquery(o.expr) && len(refsOf(o.expr).common(own)) == 0 {
				fixed[o.id] = binary // an expression of what is outside
			}
		}
		r = x.in
	}
	if b, ok := r.(*block); ok {
		fixed = c.fixedBy(b.preds, b.columns(), fixed)
	}
	for _, k := range keys {
		by, ok := fixed[k.id]
		if !ok || by != k.collation && by != binary || k.identity {
			return false
		}
	}
	return true
}

// single tells whether a unique key of the table is fixed.
func (r *scan) single(fixed fixedColumn) bool {
	has := func(column int, collation string) bool {
		by, ok := fixed[r.cols[column]]
		return ok && (strings.EqualFold(by, orBinary(collation)) || by == binary)
	}
	if r.table.RowidAlias >= 0 && has(r.table.RowidAlias, binary) {
		return true
	}
	for _, x := range r.table.Indexes {
		unique := x.Unique
		for n, column := range x.Columns {
			unique = unique && has(column, x.Collations[n])
		}
		if unique {
			return true
		}
	}
	key := primaryKey(r.table)
	for _, column := range key {
		if !has(column, r.table.Columns[column].Collation) {
			return false
		}
	}
	return len(key) > 0
}
