package planner

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// aggFuncs are the aggregate functions that are maintained.
var aggFuncs = map[string]dbsp.AggFunc{
	"count": dbsp.Count, "sum": dbsp.Sum, "total": dbsp.Total, "avg": dbsp.Avg, "min": dbsp.Min, "max": dbsp.Max,
}

// overload returns the function that SQLite calls for name with n arguments: an exact count of arguments wins over any.
func (c *checker) overload(name string, n int) (*Function, error) {
	fs, err := c.cat.Functions(name)
	if err != nil {
		return nil, err
	}
	var found *Function
	for i, f := range fs {
		c.overloaded[name] = c.overloaded[name] || !f.Builtin
		if f.NArg == n || f.NArg < 0 && found == nil {
			found = &fs[i]
		}
	}
	return found, nil
}

// deterministic refuses a function whose results may change between calls.
func (c *checker) deterministic(at sqltext.Span, name string, n int) error {
	f, err := c.overload(name, n)
	if err != nil {
		return err
	}
	if f != nil && !f.Deterministic {
		return c.text.refuse(at, fmt.Sprintf("non-deterministic function %s()", name), "")
	}
	return nil
}

func (c *checker) call(e *sqltext.Call) error {
	name := strings.ToLower(e.Name)
	if e.Over != nil {
		return c.text.refuse(e.Span, "window function "+name+"()", "compute it when reading the view")
	}
	// SQLite has two overloads of each of these: min(x) is an aggregate, min(x, y) is not.
	fs, err := c.cat.Functions(name)
	if err != nil {
		return err
	}
	n := len(e.Args)
	f, err := c.overload(name, n)
	if err != nil {
		return err
	}
	if f == nil {
		return c.text.refuse(e.Span, "function "+name+"()", "")
	}
	isAggregate := f.Aggregate && !f.Scalar
	if f.Aggregate && f.Scalar {
		isAggregate = n == 1
	}
	for _, g := range fs {
		if !g.Builtin && isDateFunction(name) {
			return c.text.refuse(e.NameSpan, "overloaded function "+name+"()", "only SQLite's own is maintained")
		}
	}
	if isAggregate {
		c.aggregates[e] = true
		return nil
	}
	if !f.Deterministic {
		return c.text.refuse(e.Span, fmt.Sprintf("non-deterministic function %s()", name),
			"its result would change without a write")
	}
	if isDateFunction(name) {
		return c.date(e, name)
	}
	return nil
}

func isDateFunction(name string) bool {
	switch name {
	case "date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff":
		return true
	}
	return false
}

// date refuses date functions that read the clock or the time zone. SQLite itself calls them deterministic, and finds
// out row by row; here the arguments that are written out are judged.
func (c *checker) date(e *sqltext.Call, name string) error {
	const hint = "the view would change without a write; filter by time when reading it"
	from := 0
	if name == "strftime" {
		from = 1
	}
	if len(e.Args) <= from {
		return c.text.refuse(e.Span, name+"() of the current time", hint)
	}
	for i, a := range e.Args[from:] {
		isTime := i == 0 || name == "timediff"
		var bad *sqltext.Literal
		constant, plain := true, true
		walk(a, func(x sqltext.Expr) bool {
			switch x := x.(type) {
			case *sqltext.Literal:
				if x.Kind == sqltext.StringLiteral && clockWord(sqltext.Dequote(x.Text), isTime) {
					bad = x
				}
			case *sqltext.Column:
				if x.DoubleQuoted() && clockWord(x.Name, isTime) {
					bad = &sqltext.Literal{Span: x.Span, Text: x.Name}
				}
				constant = false
			case *sqltext.Paren:
			default:
				plain = false
			}
			return true
		})
		if bad != nil {
			return c.text.refuse(bad.Span, fmt.Sprintf("%s() with %s", name, bad.Text), hint)
		}
		if u, ok := sqltext.Unparen(a).(*sqltext.Unary); ok && (u.Op == "-" || u.Op == "+") {
			if _, ok := sqltext.Unparen(u.X).(*sqltext.Literal); ok {
				plain = true
			}
		}
		if constant && !plain {
			return c.text.refuse(a.Bounds(), name+"() with a computed constant", "write it as a literal")
		}
	}
	return nil
}

// clockWord tells whether SQLite's date functions take s for the clock (as a time value) or the machine's time zone (as a
// modifier).
func clockWord(s string, isTime bool) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "now", "subsec", "subsecond":
		return isTime
	case "localtime", "utc":
		return true
	}
	return false
}
