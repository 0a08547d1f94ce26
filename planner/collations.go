package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// binary is the default collation's name.
const binary = "BINARY"

// hasCollate tells whether there is a COLLATE anywhere in e: SQLite then ranks its collation above a column's
// (EP_Collate).
func (c *columns) hasCollate(e sqltext.Expr) bool {
	found := false
	walk(e, func(e sqltext.Expr) bool {
		switch e := e.(type) {
		case *sqltext.Collate:
			found = true
		case *ref:
			found = found || c.of(e.id).explicit
		}
		return !found
	})
	return found
}

// collation returns the collation that e brings to a comparison, upper case, "" when it has none
// (sqlite3ExprCollSeq).
func (c *columns) collation(e sqltext.Expr) string {
	for {
		switch x := e.(type) {
		case *ref:
			return c.of(x.id).collation
		case *subquery:
			if x.kind == scalarSubquery {
				return ""
			}
		case *sqltext.Paren:
			e = x.X
			continue
		case *sqltext.Cast:
			e = x.X
			continue
		case *sqltext.Unary:
			if x.Op == "+" {
				e = x.X
				continue
			}
		case *sqltext.Collate:
			return strings.ToUpper(x.Name)
		case *sqltext.RowValue:
			e = x.Items[0]
			continue
		}
		// The first operand with a COLLATE in it decides.
		var next sqltext.Expr
		for _, o := range children(e) {
			if c.hasCollate(o) {
				next = o
				break
			}
		}
		if next == nil {
			return ""
		}
		e = next
	}
}

// comparison returns the collation by which l and r are compared (sqlite3BinaryCompareCollSeq).
func (c *columns) comparison(l, r sqltext.Expr) string {
	if c.hasCollate(l) {
		return orBinary(c.collation(l))
	}
	if c.hasCollate(r) {
		return orBinary(c.collation(r))
	}
	if s := c.collation(l); s != "" {
		return s
	}
	return orBinary(c.collation(r))
}

func orBinary(collation string) string {
	if collation == "" {
		return binary
	}
	return collation
}
