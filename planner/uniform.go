package planner

import (
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// uniform tells whether values of e that are equal under BINARY are identical. A group by such a column needs no count
// of variants. It knows what can be read off the expression; what it does not know may have variants.
func (c *columns) uniform(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).uniform
	case *sqltext.Literal:
		return true
	case *subquery:
		return e.value(c).uniform
	case *sqltext.Collate:
		return c.uniform(e.X)
	case *sqltext.Cast:
		switch affinityOfType(e.Type) {
		case AffinityInteger, AffinityText:
			return true
		case AffinityBlob:
			return e.Type != ""
		}
		return false
	case *sqltext.Unary:
		return e.Op == "NOT" || e.Op == "~" || e.Op == "+" && c.uniform(e.X)
	case *sqltext.Binary:
		switch e.Op {
		case "OR", "AND", "=", "<>", "<", "<=", ">", ">=", "&", "|", "<<", ">>", "||":
			return true
		}
		return false
	case *sqltext.IsNull, *sqltext.Is, *sqltext.Between, *sqltext.In:
		return true
	case *sqltext.Call:
		name := lower(e.Name)
		return textFunctions[name] && !c.overloaded[name]
	}
	return false
}

// textFunctions are built-in functions with results of one storage class other than REAL.
var textFunctions = map[string]bool{
	"lower": true, "upper": true, "hex": true, "typeof": true, "length": true, "strftime": true, "date": true,
	"time": true, "datetime": true, "instr": true, "unicode": true, "quote": true,
}

// uniformAffinity tells whether a stored column of affinity a holds one representation per value. REAL columns may hold
// both zeros, BLOB columns anything. (The REAL -2^63 beside the INTEGER in a column of INTEGER affinity is let pass.)
func uniformAffinity(a Affinity) bool {
	return a == AffinityText || a == AffinityInteger || a == AffinityNumeric
}
