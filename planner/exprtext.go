package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// exprWriter writes expressions over the rows of a stream.
type exprWriter struct {
	cols *columns
	at   map[colID]int
	// names has the columns that do not come from the stream.
	names map[colID]string
}

// affinityTypes are types to CAST to for an affinity.
var affinityTypes = map[Affinity]string{
	AffinityBlob: "BLOB", AffinityText: "TEXT", AffinityNumeric: "NUMERIC", AffinityInteger: "INTEGER", AffinityReal: "REAL",
}

// name writes e for people, with column names, and subqueries as the mere fact.
func (c *columns) name(e sqltext.Expr) string {
	return sqltext.PrintExpr(e, func(e sqltext.Expr) (string, bool) {
		switch e := e.(type) {
		case *ref:
			return c.of(e.id).name, true
		case *subquery:
			switch e.kind {
			case existsSubquery:
				return "EXISTS (SELECT …)", true
			case inSubquery:
				x := c.name(e.x[0])
				if len(e.x) > 1 {
					x = c.name(&sqltext.RowValue{Items: e.x})
				}
				if e.not {
					x += " NOT"
				}
				return x + " IN (SELECT …)", true
			}
			return "(SELECT …)", true
		}
		return "", false
	})
}

// inputName is the name of an Apply's input column.
func inputName(position int) string { return `"c` + itoa(position) + `"` }

// text writes e. Every column is written such that it brings the affinity and collation to a comparison that it has in
// the original: an input column always has some, a computed one may have none.
func (w *exprWriter) text(e sqltext.Expr) string {
	mute := false // whether a column without collation must not outrank another
	walk(e, func(e sqltext.Expr) bool {
		c := ""
		switch e := e.(type) {
		case *ref:
			c = w.cols.of(e.id).collation
		case *sqltext.Collate: // functions such as nullif() take the first argument's collation that there is
			c = strings.ToUpper(e.Name)
		}
		mute = mute || c != "" && c != binary
		return true
	})
	return sqltext.PrintExpr(e, func(e sqltext.Expr) (string, bool) {
		r, ok := e.(*ref)
		if !ok {
			return "", false
		}
		if name, ok := w.names[r.id]; ok {
			return name, true
		}
		info := w.cols.of(r.id)
		name := inputName(w.at[r.id])
		switch {
		case info.collation == "" && mute:
			name = "(CASE WHEN 1 THEN " + name + " END)"
			if info.affinity != AffinityNone { // the value is that of a CAST, which another one leaves alone
				name = "CAST(" + name + " AS " + affinityTypes[info.affinity] + ")"
			}
			return name, true
		case info.affinity == AffinityNone:
			name = "(+" + name + ")"
		}
		if info.explicit {
			name = "(" + name + " COLLATE " + orBinary(info.collation) + ")"
		}
		return name, true
	})
}
