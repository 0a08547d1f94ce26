package driver

import (
	"context"
	sqldriver "database/sql/driver"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// scriptStmt is a prepared text with statements on views. It is translated at each execution.
type scriptStmt struct {
	conn   *Conn
	script *script
}

var (
	_ sqldriver.Stmt              = (*scriptStmt)(nil)
	_ sqldriver.StmtExecContext   = (*scriptStmt)(nil)
	_ sqldriver.StmtQueryContext  = (*scriptStmt)(nil)
	_ sqldriver.NamedValueChecker = (*scriptStmt)(nil)
)

// prepareScript lets the inner driver compile the first part, as it does with the first statement of any text, so that
// an error there is reported here.
func (c *Conn) prepareScript(ctx context.Context, s *script) (sqldriver.Stmt, error) {
	p := s.parts[0]
	if p.command != nil && p.command.Kind != sqltext.CreateIndex {
		if p.command.Kind == sqltext.Malformed {
			return nil, s.malformed(0)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return &scriptStmt{c, s}, nil
	}
	first, err := prepareInner(ctx, c.inner, s.body(0))
	switch {
	case err != nil && p.command == nil:
		return nil, err
	case err != nil:
		if _, err := c.indexOnView(ctx, s, 0, err); err != nil {
			return nil, err
		}
	case len(s.parts) == 1:
		return first, nil // CREATE INDEX on an ordinary table
	default:
		if err := first.Close(); err != nil {
			return nil, err
		}
	}
	return &scriptStmt{c, s}, nil
}

// Close implements driver.Stmt.
func (s *scriptStmt) Close() error { return nil }

// NumInput returns -1: the number of parameters is not known before the statements are run.
func (s *scriptStmt) NumInput() int { return -1 }

// Exec implements driver.Stmt.
//
// Deprecated: database/sql calls ExecContext.
func (s *scriptStmt) Exec(args []sqldriver.Value) (sqldriver.Result, error) {
	return s.ExecContext(context.Background(), named(args))
}

// Query implements driver.Stmt.
//
// Deprecated: database/sql calls QueryContext.
func (s *scriptStmt) Query(args []sqldriver.Value) (sqldriver.Rows, error) {
	return s.QueryContext(context.Background(), named(args))
}

// ExecContext implements driver.StmtExecContext.
func (s *scriptStmt) ExecContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	return s.conn.execScript(ctx, s.script, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *scriptStmt) QueryContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	return s.conn.queryScript(ctx, s.script, args)
}

// CheckNamedValue implements driver.NamedValueChecker as the connection does.
func (s *scriptStmt) CheckNamedValue(v *sqldriver.NamedValue) error { return s.conn.CheckNamedValue(v) }
