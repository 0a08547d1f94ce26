package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// attachCase attaches the subqueries of a CASE. SQLite evaluates a branch only for the rows that come to it, so one that
// could raise an error must not see other rows (https://www.sqlite.org/lang_expr.html#the_case_expression).
func (u *unnesting) attachCase(in rel, e *sqltext.Case) (rel, sqltext.Expr) {
	out := &sqltext.Case{Span: e.Span}
	var passed []sqltext.Expr // the conditions that were not true
	for _, w := range e.Whens {
		var when, then sqltext.Expr
		in, when = u.attachWhere(in, passed, w.When)
		in, then = u.attachWhere(in, append(passed[:len(passed):len(passed)], isTrue(when, false)), w.Then)
		out.Whens = append(out.Whens, sqltext.When{When: when, Then: then})
		passed = append(passed, isTrue(when, true))
	}
	if e.Else != nil {
		in, out.Else = u.attachWhere(in, passed, e.Else)
	}
	return in, out
}

// isTrue tests whether a condition is true, or is not.
func isTrue(e sqltext.Expr, not bool) sqltext.Expr {
	return &sqltext.Is{L: e, R: &sqltext.Column{Name: "TRUE"}, Not: not}
}

// attachWhere is attach for an expression that is evaluated where all of guards are true.
func (u *unnesting) attachWhere(in rel, guards []sqltext.Expr, e sqltext.Expr) (rel, sqltext.Expr) {
	if !hasSubquery(e) || len(guards) == 0 || u.harmless(e) {
		return u.attach(in, e)
	}
	have := in.columns()
	in = share(in)
	guard := conjunction(guards)
	yes, e := u.attach(&block{items: []rel{in}, preds: []sqltext.Expr{guard}}, e)
	made := colSet{}
	for id := range refsOf(e) {
		if !have.has(id) && yes.columns().has(id) {
			made.add(id)
		}
	}
	ids := have.sorted()
	no := &constants{in: &block{items: []rel{in}, preds: []sqltext.Expr{isTrue(guard, true)}}, nulls: made.sorted()}
	out := &unionAll{branches: []rel{yes, no}, cols: [][]colID{append(ids, made.sorted()...), append(ids, made.sorted()...)}}
	out.outs = append(out.outs, ids...)
	as := map[colID]sqltext.Expr{}
	for _, id := range made.sorted() {
		c := u.cols.add(*u.cols.of(id))
		out.outs = append(out.outs, c)
		as[id] = u.cols.ref(c)
	}
	return out, replaceRefs(e, as)
}

// harmless tells whether nothing in e, its subqueries included, can raise an error.
func (u *unnesting) harmless(e sqltext.Expr) bool {
	ok := true
	walk(e, func(x sqltext.Expr) bool {
		if s, is := x.(*subquery); is {
			ok = ok && u.harmlessRel(s.sel.rel)
		}
		return ok
	})
	return ok && u.cols.harmless(e)
}

func (u *unnesting) harmlessRel(r rel) bool {
	for _, e := range exprsOf(r) {
		if !u.harmless(e) {
			return false
		}
	}
	if _, ok := r.(*tableFunction); ok { // JSON's say no to malformed text
		return false
	}
	for _, in := range inputsOf(r) {
		if !u.harmlessRel(in) {
			return false
		}
	}
	return true
}
