package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// affinityOfType returns the affinity of a declared type, https://www.sqlite.org/datatype3.html section 3.1. An empty
// type gives AffinityBlob, as that of a column does.
func affinityOfType(declared string) Affinity {
	t := strings.ToUpper(declared)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(t, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return AffinityInteger
	case has("CHAR", "CLOB", "TEXT"):
		return AffinityText
	case t == "" || has("BLOB"):
		return AffinityBlob
	case has("REAL", "FLOA", "DOUB"):
		return AffinityReal
	}
	return AffinityNumeric
}

// affinity returns the affinity of an expression in a comparison (sqlite3ExprAffinity): that of a column or CAST, through
// parentheses and COLLATE, none for anything else.
func (c *columns) affinity(e sqltext.Expr) Affinity {
	switch e := e.(type) {
	case *ref:
		return c.of(e.id).affinity
	case *sqltext.Paren:
		return c.affinity(e.X)
	case *sqltext.Collate:
		return c.affinity(e.X)
	case *sqltext.Cast:
		if e.Type == "" {
			return AffinityNumeric
		}
		return affinityOfType(e.Type)
	case *sqltext.RowValue:
		return c.affinity(e.Items[0])
	case *subquery:
		return e.value(c).affinity
	}
	return AffinityNone
}

// affinityClass groups the affinities that comparisons don't tell apart.
type affinityClass uint8

const (
	noneClass    affinityClass = iota // an expression
	blobClass                         // a BLOB column or CAST: compared as it is
	textClass                         // numbers become text, when the other side has none
	numericClass                      // numeric text becomes a number
)

func (a Affinity) class() affinityClass {
	switch a {
	case AffinityNone:
		return noneClass
	case AffinityBlob:
		return blobClass
	case AffinityText:
		return textClass
	}
	return numericClass
}
