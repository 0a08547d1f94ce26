package planner

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// same tells whether two resolved expressions have the same structure, parentheses and the case of names aside.
func same(a, b sqltext.Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	a, b = sqltext.Unparen(a), sqltext.Unparen(b)
	return head(a) == head(b) && sameAll(children(a), children(b))
}

func sameAll(a, b []sqltext.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}

// exprHead is what tells two expressions apart besides their operands.
type exprHead struct {
	kind  string
	text  string
	flags [3]bool
	id    colID
	shape int
}

func head(e sqltext.Expr) exprHead {
	switch e := e.(type) {
	case *ref:
		return exprHead{kind: "column", id: e.id}
	case *sqltext.Column:
		return exprHead{kind: "name", text: strings.ToLower(e.Name)}
	case *sqltext.Literal:
		return exprHead{kind: "literal", text: e.Text, shape: int(e.Kind)}
	case *sqltext.Unary:
		return exprHead{kind: "unary", text: e.Op}
	case *sqltext.Binary:
		return exprHead{kind: "binary", text: e.Op}
	case *sqltext.IsNull:
		return exprHead{kind: "isnull", flags: [3]bool{e.Not}}
	case *sqltext.Is:
		return exprHead{kind: "is", flags: [3]bool{e.Negated()}}
	case *sqltext.Between:
		return exprHead{kind: "between", flags: [3]bool{e.Not}}
	case *sqltext.In:
		return exprHead{kind: "in", flags: [3]bool{e.Not}}
	case *sqltext.Like:
		return exprHead{kind: "like", text: e.Op, flags: [3]bool{e.Not, e.Escape != nil}}
	case *sqltext.Case:
		return exprHead{kind: "case", flags: [3]bool{e.Operand != nil, e.Else != nil}}
	case *sqltext.Cast:
		return exprHead{kind: "cast", text: strings.ToLower(e.Type)}
	case *sqltext.Collate:
		return exprHead{kind: "collate", text: strings.ToLower(e.Name)}
	case *subquery: // each is one of its own
		return exprHead{kind: fmt.Sprintf("subquery %p", e.sel)}
	case *sqltext.RowValue:
		return exprHead{kind: "row"}
	case *sqltext.Call:
		text := strings.ToLower(e.Name)
		for _, t := range e.OrderBy {
			text += fmt.Sprint(" ", t.Order, t.Nulls)
		}
		return exprHead{
			kind: "call", text: text, shape: len(e.Args),
			flags: [3]bool{e.Star, e.Distinct, e.Filter != nil},
		}
	}
	return exprHead{kind: "unknown", shape: -1}
}
