package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// checker refuses what can be seen to be unsupported without resolving names.
type checker struct {
	cat  Catalog
	text *text
	// aggregates holds the calls that are aggregates.
	aggregates map[*sqltext.Call]bool
	// overloaded collects the called functions with a definition that is not SQLite's.
	overloaded map[string]bool
}

// selectStmt checks s and everything in it.
func (c *checker) selectStmt(s *sqltext.Select) error {
	if s.With != nil {
		for _, cte := range s.With.CTEs {
			if err := c.selectStmt(cte.Select); err != nil {
				return err
			}
		}
	}
	for _, core := range s.Cores {
		if err := c.core(core); err != nil {
			return err
		}
	}
	for _, t := range s.OrderBy {
		if err := c.expr(t.Expr); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) core(core *sqltext.Core) error {
	for _, row := range core.Values {
		for _, e := range row {
			if err := c.expr(e); err != nil {
				return err
			}
		}
	}
	if len(core.Windows) > 0 {
		return c.text.refuse(core.Windows[0].Span, "WINDOW clause", "window functions are not maintained")
	}
	for _, t := range core.From {
		if err := c.tableRef(t); err != nil {
			return err
		}
	}
	for _, r := range core.Columns {
		if err := c.expr(r.Expr); err != nil {
			return err
		}
	}
	if err := c.expr(core.Where); err != nil {
		return err
	}
	for _, e := range core.GroupBy {
		if err := c.expr(e); err != nil {
			return err
		}
	}
	return c.expr(core.Having)
}

func (c *checker) tableRef(t *sqltext.TableRef) error {
	if t.HasArgs && !lateralFunctions[strings.ToLower(t.Name)] {
		return c.text.refuse(t.NameSpan, "table-valued function "+t.Name+"()", "keep its rows in a table")
	}
	for _, a := range t.Args {
		if err := c.expr(a); err != nil {
			return err
		}
	}
	if t.Subquery != nil {
		if err := c.selectStmt(t.Subquery); err != nil {
			return err
		}
	}
	for _, n := range t.Nested {
		if err := c.tableRef(n); err != nil {
			return err
		}
	}
	return c.expr(t.On)
}

// expr checks an expression.
func (c *checker) expr(e sqltext.Expr) error {
	if e == nil {
		return nil
	}
	switch e := e.(type) {
	case *sqltext.Param:
		return c.text.refuse(e.Span, "parameter "+e.Text, "a view has no parameters; filter when reading it")
	case *sqltext.Exists:
		return c.selectStmt(e.Select)
	case *sqltext.Subquery:
		return c.selectStmt(e.Select)
	case *sqltext.Raise:
		return c.text.refuse(e.Span, "RAISE", "")
	case *sqltext.In:
		if e.Select != nil {
			if err := c.selectStmt(e.Select); err != nil {
				return err
			}
		}
		if e.Table != nil {
			if err := c.tableRef(e.Table); err != nil {
				return err
			}
		}
	case *sqltext.Literal:
		if e.Kind == sqltext.TimeLiteral {
			return c.text.refuse(e.Span, strings.ToUpper(e.Text), "the view would change without a write; filter by time when reading it")
		}
	case *sqltext.Collate:
		if _, ok := dbsp.CollationNamed(e.Name); !ok {
			return c.text.refuse(e.Span, "collation "+e.Name, "only BINARY, NOCASE and RTRIM are maintained")
		}
	case *sqltext.Like:
		name := strings.ToLower(e.Op)
		if err := c.deterministic(e.Span, name, 2); err != nil {
			return err
		}
	case *sqltext.Binary:
		if e.Op == "->" || e.Op == "->>" {
			if err := c.deterministic(e.Span, e.Op, 2); err != nil {
				return err
			}
		}
	case *sqltext.Call:
		if err := c.call(e); err != nil {
			return err
		}
	}
	for _, o := range children(e) {
		if err := c.expr(o); err != nil {
			return err
		}
	}
	return nil
}
