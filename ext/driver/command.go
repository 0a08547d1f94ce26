package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"io"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// translation is what a command becomes.
type translation struct {
	text string // "" when there is nothing to do
	// quiet: the statement is an INSERT to SQLite, and none to the user.
	quiet bool
}

// translate turns the command of part i into SQL for the inner connection. It looks views up, so it is done when the
// statement's turn comes.
func (c *Conn) translate(ctx context.Context, s *script, i int) (translation, error) {
	cmd := s.parts[i].command
	switch cmd.Kind {
	case sqltext.CreateView:
		text, err := createView(s.body(i), cmd)
		return translation{text: text}, err
	case sqltext.ValidateView:
		return translation{text: "SELECT * FROM mv_validate(" + literal(s.body(i)) + ")"}, nil
	case sqltext.DropView, sqltext.RefreshView, sqltext.RenameView, sqltext.ExplainView:
	default:
		return translation{}, s.malformed(i)
	}
	v, ok, err := findView(ctx, c.inner, cmd.Schema, cmd.Name)
	switch {
	case err != nil:
		return translation{}, err
	case !ok && cmd.IfExists:
		return translation{}, nil
	case !ok:
		return translation{}, fmt.Errorf("%w: %s", ErrNoSuchView, given(cmd))
	}
	switch cmd.Kind {
	case sqltext.DropView:
		return translation{text: "DROP TABLE " + v.qualified()}, nil
	case sqltext.RefreshView:
		return translation{text: "INSERT INTO " + v.qualified() + "(" + commandName + ") VALUES('refresh')", quiet: true}, nil
	case sqltext.ExplainView:
		return translation{text: "SELECT * FROM mv_explain(" + literal(v.name) + ", " + literal(v.schema) + ")"}, nil
	default:
		return translation{text: "ALTER TABLE " + v.qualified() + " RENAME TO " + ident(cmd.NewName)}, nil
	}
}

// createView turns CREATE MATERIALIZED VIEW into CREATE VIRTUAL TABLE. The SELECT is the module's argument as it was
// written; a line break follows it, for it may end in a -- comment.
func createView(stmt string, cmd *sqltext.Command) (string, error) {
	schema := cmd.Schema
	if cmd.Temp {
		if schema != "" && !strings.EqualFold(schema, "temp") {
			return "", fmt.Errorf("%w: the name of a temporary materialized view must be unqualified: write %s, not %s",
				ErrSyntax, cmd.Name, given(cmd))
		}
		schema = "temp"
	}
	var b strings.Builder
	b.WriteString("CREATE VIRTUAL TABLE ")
	if cmd.IfNotExists {
		b.WriteString("IF NOT EXISTS ")
	}
	if schema != "" {
		b.WriteString(sqltext.QuoteIdent(schema) + ".")
	}
	b.WriteString(sqltext.QuoteIdent(cmd.Name) + " USING " + viewModule + "(")
	if cmd.Columns != nil {
		for i, column := range cmd.Columns {
			b.WriteString([]string{"(", ", "}[min(i, 1)] + sqltext.QuoteIdent(column))
		}
		b.WriteString(") AS ")
	}
	b.WriteString(stmt[cmd.Select.Start:cmd.Select.End] + "\n)")
	return b.String(), nil
}

// given returns the view's name as the user qualified it.
func given(cmd *sqltext.Command) string {
	if cmd.Schema == "" {
		return cmd.Name
	}
	return cmd.Schema + "." + cmd.Name
}

// execCommand runs the command of part i.
func (c *Conn) execCommand(ctx context.Context, s *script, i int) (sqldriver.Result, error) {
	if s.parts[i].command.Kind == sqltext.CreateIndex {
		r, err := execInner(ctx, c.inner, s.body(i), nil)
		if err == nil {
			return r, nil
		}
		text, err := c.indexOnView(ctx, s, i, err)
		if err != nil {
			return nil, err
		}
		return execInner(ctx, c.inner, text, nil)
	}
	t, err := c.translate(ctx, s, i)
	if err != nil {
		return nil, err
	}
	if t.text == "" {
		return c.quietResult(ctx)
	}
	r, err := execInner(ctx, c.inner, t.text, nil)
	if err != nil {
		return nil, s.relocate(i, err)
	}
	if t.quiet {
		return c.quietResult(ctx)
	}
	return r, nil
}

// queryCommand is execCommand for a text that was given to Query.
func (c *Conn) queryCommand(ctx context.Context, s *script, i int) (sqldriver.Rows, error) {
	if s.parts[i].command.Kind == sqltext.CreateIndex {
		rows, err := queryInner(ctx, c.inner, s.body(i), nil)
		if err == nil {
			return rows, nil
		}
		text, err := c.indexOnView(ctx, s, i, err)
		if err != nil {
			return nil, err
		}
		return queryInner(ctx, c.inner, text, nil)
	}
	t, err := c.translate(ctx, s, i)
	if err != nil {
		return nil, err
	}
	if t.text == "" {
		return noRows{}, nil
	}
	rows, err := queryInner(ctx, c.inner, t.text, nil)
	if err != nil {
		return nil, s.relocate(i, err)
	}
	return rows, nil
}

// quietResult is the result of a statement that changed no row of the user's.
type quietResult int64

// LastInsertId returns what it was before the statement.
func (r quietResult) LastInsertId() (int64, error) { return int64(r), nil }

// RowsAffected returns 0.
func (quietResult) RowsAffected() (int64, error) { return 0, nil }

func (c *Conn) quietResult(ctx context.Context) (sqldriver.Result, error) {
	var id int64
	err := selectInner(ctx, c.inner, "SELECT last_insert_rowid()", nil, func(row []sqldriver.Value) {
		id, _ = row[0].(int64)
	})
	return quietResult(id), err
}

// noRows are the rows of a statement without any.
type noRows struct{}

// Columns returns none.
func (noRows) Columns() []string { return nil }

// Next is at the end.
func (noRows) Next([]sqldriver.Value) error { return io.EOF }

// Close has nothing to release.
func (noRows) Close() error { return nil }
