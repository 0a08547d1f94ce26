package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// keyed is a binary join being put together.
type keyed struct {
	cols        *columns
	left, right *extend
	keys        []joinKey
}

// key adds p, an equality whose left operand belongs to the left input if straight, else to the right one. It returns
// whether equal keys are all that p asks for; otherwise equal keys are only necessary, and p must be checked again.
//
// A comparison converts its operands by their affinities (https://www.sqlite.org/datatype3.html section 4.2). Encoded
// keys convert nothing, so what would be converted is converted below the join, in SQL.
func (k *keyed) key(p sqltext.Expr, straight bool) bool {
	if same, ok := p.(*sameAs); ok {
		l, r := same.l.id, same.r.id
		if !straight {
			l, r = r, l
		}
		k.keys = append(k.keys, joinKey{left: l, right: r, identity: true})
		return true
	}
	eq := sqltext.Unparen(p).(*sqltext.Binary)
	collation := k.cols.comparison(eq.L, eq.R)
	l, r := eq.L, eq.R
	if !straight {
		l, r = r, l
	}
	lc, rc := k.cols.affinity(l).class(), k.cols.affinity(r).class()
	exact := true
	// A column of the class that is applied mostly holds nothing to convert; that of a compound may.
	convert := func(e sqltext.Expr, own affinityClass, to affinityClass, there bool, as func(sqltext.Expr) sqltext.Expr) sqltext.Expr {
		if own == to && !there {
			return e
		}
		exact = false
		return as(e)
	}
	switch {
	case lc == numericClass || rc == numericClass:
		l = convert(l, lc, numericClass, k.cols.content(l).numericText, numberOf)
		r = convert(r, rc, numericClass, k.cols.content(r).numericText, numberOf)
	case lc == textClass && rc == noneClass, rc == textClass && lc == noneClass:
		l = convert(l, lc, textClass, k.cols.content(l).numbers, textOf)
		r = convert(r, rc, textClass, k.cols.content(r).numbers, textOf)
	}
	k.keys = append(k.keys, joinKey{left: k.column(k.left, l), right: k.column(k.right, r), collation: collation})
	return exact
}

// column returns the column of x that holds e.
func (k *keyed) column(x *extend, e sqltext.Expr) colID {
	if id, ok := sameValue(e); ok {
		return id
	}
	for _, o := range x.outs {
		if same(o.expr, e) {
			return o.id
		}
	}
	info := k.cols.describe(e)
	info.name = k.cols.name(e)
	id := k.cols.add(info)
	x.outs = append(x.outs, computed{id, e})
	return id
}

func (k *keyed) rel() rel {
	j := &equijoin{left: k.left, right: k.right, keys: k.keys}
	if len(k.left.outs) == 0 {
		j.left = k.left.in
	}
	if len(k.right.outs) == 0 {
		j.right = k.right.in
	}
	return j
}

// sameValue returns the column whose value e is: e is a reference, perhaps with COLLATE or unary plus.
func sameValue(e sqltext.Expr) (colID, bool) {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return e.id, true
	case *sqltext.Collate:
		return sameValue(e.X)
	case *sqltext.Unary:
		if e.Op == "+" {
			return sameValue(e.X)
		}
	}
	return 0, false
}

// numberOf is e as a comparison with a number sees it: text that is a number in full becomes one.
func numberOf(e sqltext.Expr) sqltext.Expr {
	number := &sqltext.Cast{X: e, Type: "NUMERIC"}
	return &sqltext.Case{
		Whens: []sqltext.When{{
			When: &sqltext.Binary{
				Op: "AND",
				L:  &sqltext.Binary{Op: "=", L: typeOf(e), R: quoted("text")},
				R:  &sqltext.Binary{Op: "=", L: e, R: number},
			},
			Then: number,
		}},
		Else: e,
	}
}

// textOf is e as a comparison with text sees it: a number becomes text.
func textOf(e sqltext.Expr) sqltext.Expr {
	return &sqltext.Case{
		Whens: []sqltext.When{{
			When: &sqltext.In{X: typeOf(e), List: []sqltext.Expr{quoted("integer"), quoted("real")}},
			Then: &sqltext.Cast{X: e, Type: "TEXT"},
		}},
		Else: e,
	}
}

func typeOf(e sqltext.Expr) sqltext.Expr {
	return &sqltext.Call{Name: "typeof", Args: []sqltext.Expr{e}}
}

func quoted(s string) sqltext.Expr {
	return &sqltext.Literal{Kind: sqltext.StringLiteral, Text: sqltext.QuoteString(s)}
}
