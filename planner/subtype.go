package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// subtyped tells whether the value of e may carry a subtype, https://www.sqlite.org/c3ref/result_subtype.html: SQLite
// hands it on to the function around e, rows of a circuit don't.
func (c *columns) subtyped(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return c.of(e.id).subtyped
	case *subquery:
		return e.value(c).subtyped
	case *sqltext.Collate:
		return c.subtyped(e.X)
	case *sqltext.Unary:
		return e.Op == "+" && c.subtyped(e.X)
	case *sqltext.Binary:
		return e.Op == "->"
	case *sqltext.Case:
		for _, w := range e.Whens {
			if c.subtyped(w.Then) {
				return true
			}
		}
		return e.Else != nil && c.subtyped(e.Else)
	case *sqltext.Call:
		name := lower(e.Name)
		if c.overloaded[name] {
			return true
		}
		if passFunctions[name] {
			for _, a := range e.Args {
				if c.subtyped(a) {
					return true
				}
			}
			return false
		}
		return !plainFunctions[name]
	}
	return false
}

// passFunctions are the built-in functions that return one of their arguments.
var passFunctions = words("coalesce if ifnull iif likelihood likely max min nullif unlikely")

// plainFunctions are built-in functions whose results have no subtype.
var plainFunctions = words(`abs avg ceil ceiling changes char concat concat_ws count date datetime exp floor format glob
	hex instr json_array_length json_error_position json_type json_valid julianday length like ln log log10 log2 lower
	ltrim mod octet_length pi pow power printf quote radians replace round rtrim sign sin soundex sqrt strftime substr
	substring sum tan time timediff total trim trunc typeof unhex unicode unixepoch upper zeroblob`)

// subtypeReaders are the built-in functions that look at the subtypes of their arguments.
var subtypeReaders = words(`json_array json_array_insert json_insert json_object json_quote json_replace json_set
	jsonb_array jsonb_array_insert jsonb_insert jsonb_object jsonb_replace jsonb_set`)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// checkSubtypes refuses a function that would look at the subtype of a column which lost it.
func (b *binder) checkSubtypes(e sqltext.Expr) error {
	var failed error
	walk(e, func(e sqltext.Expr) bool {
		c, ok := e.(*sqltext.Call)
		if !ok || failed != nil {
			return failed == nil
		}
		reads := subtypeReaders[lower(c.Name)]
		if !reads {
			fs, err := b.cat.Functions(lower(c.Name))
			failed = err
			for _, f := range fs {
				reads = reads || !f.Builtin
			}
		}
		for _, a := range c.Args {
			if reads && failed == nil && b.subtypedRef(a) {
				failed = b.text.refuse(a.Bounds(), "JSON value handed from a subquery or GROUP BY to "+c.Name+"()",
					"wrap it in json() there")
			}
		}
		return failed == nil
	})
	return failed
}

// subtypedRef tells whether the value of e may be that of a column which lost a subtype.
func (b *binder) subtypedRef(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return b.cols.of(e.id).subtyped
	case *sqltext.Collate, *sqltext.Unary, *sqltext.Case, *sqltext.Call:
		if c, ok := e.(*sqltext.Call); ok && !passFunctions[strings.ToLower(c.Name)] || !b.cols.subtyped(e) {
			return false
		}
		for _, o := range children(e) {
			if b.subtypedRef(o) {
				return true
			}
		}
	}
	return false
}
