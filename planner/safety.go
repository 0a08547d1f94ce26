package planner

import (
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// harmlessFunctions are built-in functions that raise no error whatever their arguments. (abs() raises integer overflow,
// replace(), printf() and concat() can exceed the length limit, the JSON functions reject malformed text. An integer sum
// that overflows, of a group that nobody asks for, is let pass.)
var harmlessFunctions = words(`coalesce date datetime hex if ifnull iif instr julianday length likely lower ltrim max min
	nullif round rtrim sign strftime substr substring time trim typeof unicode unixepoch unlikely upper
	avg count group_concat mv_avg mv_sum mv_total string_agg sum total`)

// harmless tells whether evaluating e can't raise an error whatever the row, so that it may run on rows that another
// condition would have kept from it.
func (c *columns) harmless(e sqltext.Expr) bool {
	ok := true
	walk(e, func(e sqltext.Expr) bool {
		switch e := e.(type) {
		case *sqltext.Call:
			name := lower(e.Name)
			ok = ok && harmlessFunctions[name] && !c.overloaded[name]
		case *sqltext.Like:
			// A pattern from data may be too complex, an escape may have several characters.
			p, literal := sqltext.Unparen(e.Pattern).(*sqltext.Literal)
			ok = ok && literal && len(p.Text) < 100 && e.Escape == nil && !c.overloaded[lower(e.Op)] &&
				(e.Op == "LIKE" || e.Op == "GLOB")
		case *sqltext.Binary:
			ok = ok && e.Op != "->" && e.Op != "->>"
		}
		return ok
	})
	return ok
}
