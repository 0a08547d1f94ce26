package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// subqueryKind tells what a subquery in an expression gives.
type subqueryKind uint8

const (
	existsSubquery subqueryKind = iota // whether there are rows
	inSubquery                         // whether the operand is among the rows
	scalarSubquery                     // the first row
)

// subquery is a resolved subquery in an expression: an operand that unnestSubqueries replaces by columns. The Expr inside
// it is how the resolved text spells it. It may refer to columns of the queries around it.
type subquery struct {
	sqltext.Expr
	kind subqueryKind
	not  bool
	x    []sqltext.Expr // the left operand of IN, one expression per column
	sel  *boundSelect
	// out are the columns that stand for the value of a scalar one.
	out []colID
	// first is set for a scalar one with an ORDER BY, which says what row is the first.
	first []orderKey
}

// orderKey is a term of an ORDER BY, over columns of a relation.
type orderKey struct {
	expr  sqltext.Expr
	order sqltext.SortOrder
	nulls sqltext.NullsOrder
}

// hasSubquery tells whether there is a subquery in e.
func hasSubquery(e sqltext.Expr) bool {
	found := false
	walk(e, func(e sqltext.Expr) bool {
		if _, ok := e.(*subquery); ok {
			found = true
		}
		return !found
	})
	return found
}

// split separates the expressions that contain a subquery from those that don't.
func split(es []sqltext.Expr) (plain, with []sqltext.Expr) {
	for _, e := range es {
		if hasSubquery(e) {
			with = append(with, e)
		} else {
			plain = append(plain, e)
		}
	}
	return plain, with
}

// value describes what a scalar subquery gives: it has the affinity of its column, but no collation
// (sqlite3ExprAffinity, sqlite3ExprCollSeq).
func (s *subquery) value(c *columns) colInfo {
	if s.kind != scalarSubquery {
		return colInfo{uniform: true, content: onlyNumbers}
	}
	info := *c.of(s.sel.ids[0])
	info.collation, info.explicit, info.notNull = "", false, false
	return info
}

// sameAs is true where two columns have identical values: no expression of SQL, but a join key between copies of a row.
type sameAs struct {
	sqltext.Expr
	l, r *ref
}

func newSameAs(c *columns, l, r colID) *sameAs {
	return &sameAs{Expr: &sqltext.Literal{Kind: sqltext.NullLiteral, Text: "NULL"}, l: c.ref(l), r: c.ref(r)}
}

// ref makes a reference to a column.
func (c *columns) ref(id colID) *ref {
	return &ref{Column: &sqltext.Column{Name: c.of(id).name}, id: id}
}
