package planner

import (
	"strconv"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// checkLimit refuses a LIMIT or OFFSET that could take rows of s away. A negative LIMIT is none; a LIMIT of one row or
// more changes nothing where only the first row counts, or where there is at most one.
func (b *binder) checkLimit(s *sqltext.Select, r rel) error {
	const hint = "leave it to the queries that read the view"
	if s.Limit == nil {
		return nil
	}
	if n, ok := integer(s.Limit); !ok || n == 0 || n > 0 && b.anyOf != s && !b.cols.single(r, nil) {
		return b.text.refuse(s.Limit.Bounds(), "LIMIT", hint)
	}
	if s.Offset != nil {
		if n, ok := integer(s.Offset); !ok || n > 0 {
			return b.text.refuse(s.Offset.Bounds(), "OFFSET", hint)
		}
	}
	return nil
}

// takesOne tells whether s ends with a LIMIT of one row, the first.
func takesOne(s *sqltext.Select) bool {
	n, ok := integer(s.Limit)
	if ok && s.Offset != nil {
		m, constant := integer(s.Offset)
		ok = constant && m <= 0
	}
	return ok && n == 1
}

// integer returns the value of an integer literal, with a sign or without.
func integer(e sqltext.Expr) (int64, bool) {
	switch e := sqltext.Unparen(e).(type) {
	case *sqltext.Literal:
		if e.Kind == sqltext.IntegerLiteral {
			n, err := strconv.ParseInt(e.Text, 10, 64)
			return n, err == nil
		}
	case *sqltext.Unary:
		n, ok := integer(e.X)
		switch e.Op {
		case "-":
			return -n, ok
		case "+":
			return n, ok
		}
	}
	return 0, false
}
