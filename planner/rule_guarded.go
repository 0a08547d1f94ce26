package planner

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// An equality on what is extracted from JSON fails for malformed text, so it may not be evaluated before the conditions
// beside it, and is no join key for itself. But it is one for the rows whose text is known to be well-formed. The others,
// mostly none, meet all rows, and fail at the end where the condition is evaluated.

// guardedKey is an equality between two relations with an operand that is harmless for the rows that satisfy guards.
type guardedKey struct {
	p        sqltext.Expr
	straight bool // the left operand is of the left relation
	left     bool // the guards are on the left relation
	guards   []sqltext.Expr
}

// guarded returns a guarded key between l and r, nil for none.
func (o *ordering) guarded(l, r rel) *guardedKey {
	lc, rc := l.columns(), r.columns()
	for _, p := range o.preds {
		eq, ok := sqltext.Unparen(p).(*sqltext.Binary)
		if !ok || eq.Op != "=" || hasSubquery(p) || o.cols.harmless(p) {
			continue
		}
		a, b := refsOf(eq.L), refsOf(eq.R)
		if len(a) == 0 || len(b) == 0 {
			continue
		}
		k := &guardedKey{p: p, straight: a.within(lc) && b.within(rc)}
		if !k.straight && !(a.within(rc) && b.within(lc)) {
			continue
		}
		switch {
		case o.cols.harmless(eq.R):
			k.guards, k.left = o.cols.guards(eq.L), k.straight
		case o.cols.harmless(eq.L):
			k.guards, k.left = o.cols.guards(eq.R), !k.straight
		}
		if k.guards != nil {
			return k
		}
	}
	return nil
}

// guards returns conditions that can't fail, and under which e can't, nil for none.
func (c *columns) guards(e sqltext.Expr) []sqltext.Expr {
	var out []sqltext.Expr
	ok := true
	walk(e, func(e sqltext.Expr) bool {
		var doc sqltext.Expr
		switch e := e.(type) {
		case *sqltext.RowValue:
			ok = false
		case *sqltext.Binary:
			if (e.Op == "->" || e.Op == "->>") && safePath(e.R, true) {
				doc = e.L
			}
		case *sqltext.Call:
			if lower(e.Name) == "json_extract" && len(e.Args) == 2 && safePath(e.Args[1], false) && !c.overloaded["json_extract"] {
				doc = e.Args[0]
			}
		}
		if doc == nil || !c.harmless(doc) {
			ok = ok && (len(children(e)) == 0 || c.harmlessAlone(e))
			return ok
		}
		if c.overloaded["json_valid"] || c.overloaded["typeof"] {
			ok = false
		}
		valid := &sqltext.Is{Not: true, R: &sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: "0"},
			L: &sqltext.Call{Name: "json_valid", Args: []sqltext.Expr{doc}}}
		text := &sqltext.Binary{Op: "<>", L: typeOf(doc), R: quoted("blob")} // which may be binary JSON, broken further in
		out = append(out, text, valid)
		return false // nothing in the document fails
	})
	if !ok {
		return nil
	}
	return out
}

// harmlessAlone tells whether e can't raise an error where its operands don't.
func (c *columns) harmlessAlone(e sqltext.Expr) bool {
	null := &sqltext.Literal{Kind: sqltext.NullLiteral, Text: "NULL"}
	bare, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) {
		if _, literal := x.(*sqltext.Literal); literal {
			return x, nil
		}
		return null, nil
	})
	return c.harmless(bare)
}

// safePath tells whether e is a literal path in a document that SQLite accepts: an object's label, where that may stand
// alone, or $ and plain labels.
func safePath(e sqltext.Expr, label bool) bool {
	l, ok := sqltext.Unparen(e).(*sqltext.Literal)
	if !ok || l.Kind != sqltext.StringLiteral {
		return ok && label && l.Kind == sqltext.IntegerLiteral
	}
	path := sqltext.Dequote(l.Text)
	if rest, found := strings.CutPrefix(path, "$"); found {
		for _, part := range strings.Split(rest, ".")[1:] {
			if part == "" {
				return false
			}
		}
		path = rest
		if path != "" && path[0] != '.' {
			return false
		}
		path = strings.ReplaceAll(path, ".", "")
	} else if !label {
		return false
	}
	for _, c := range path {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// joinGuarded joins l and r on a guarded key. The equality is still to be evaluated.
func (o *ordering) joinGuarded(l, r rel, k *guardedKey) rel {
	l, r = share(l), share(r)
	ids := union(l.columns(), r.columns()).sorted()
	side := func(in rel, own bool, preds ...sqltext.Expr) rel {
		if !own {
			return in
		}
		return &block{items: []rel{in}, preds: preds}
	}
	j := &keyed{cols: o.cols, left: &extend{in: side(l, k.left, k.guards...)}, right: &extend{in: side(r, !k.left, k.guards...)}}
	j.key(k.p, k.straight)
	rest := isTrue(conjunction(k.guards), true)
	cross := &equijoin{left: side(l, k.left, rest), right: side(r, !k.left, rest), rare: true}
	return &unionAll{branches: []rel{j.rel(), cross}, cols: [][]colID{ids, slices.Clone(ids)}, outs: slices.Clone(ids)}
}
