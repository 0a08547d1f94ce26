package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"io"
)

// execInner runs text on the inner connection. Like database/sql it prepares the text where the connection has no Exec
// of its own or skips it.
func execInner(ctx context.Context, inner sqldriver.Conn, text string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if e, ok := inner.(sqldriver.ExecerContext); ok {
		r, err := e.ExecContext(ctx, text, args)
		if !errors.Is(err, sqldriver.ErrSkip) {
			return r, err
		}
	}
	s, err := prepareInner(ctx, inner, text)
	if err != nil {
		return nil, err
	}
	r, err := execStmt(ctx, s, args)
	if e := s.Close(); err == nil {
		err = e
	}
	return r, err
}

// queryInner is execInner for text that returns rows.
func queryInner(ctx context.Context, inner sqldriver.Conn, text string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	if q, ok := inner.(sqldriver.QueryerContext); ok {
		r, err := q.QueryContext(ctx, text, args)
		if !errors.Is(err, sqldriver.ErrSkip) {
			return r, err
		}
	}
	s, err := prepareInner(ctx, inner, text)
	if err != nil {
		return nil, err
	}
	r, err := queryStmt(ctx, s, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &firstRow{Rows: r, stmt: s}, nil
}

func prepareInner(ctx context.Context, inner sqldriver.Conn, text string) (sqldriver.Stmt, error) {
	if p, ok := inner.(sqldriver.ConnPrepareContext); ok {
		return p.PrepareContext(ctx, text)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return inner.Prepare(text)
}

func execStmt(ctx context.Context, s sqldriver.Stmt, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if e, ok := s.(sqldriver.StmtExecContext); ok {
		return e.ExecContext(ctx, args)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := positional(args)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the fallback of database/sql
	return s.Exec(v)
}

func queryStmt(ctx context.Context, s sqldriver.Stmt, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	if q, ok := s.(sqldriver.StmtQueryContext); ok {
		return q.QueryContext(ctx, args)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := positional(args)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the fallback of database/sql
	return s.Query(v)
}

func positional(args []sqldriver.NamedValue) ([]sqldriver.Value, error) {
	v := make([]sqldriver.Value, len(args))
	for i, a := range args {
		if a.Name != "" {
			return nil, errors.New("sqlite-mv: the driver does not support named parameters")
		}
		v[i] = a.Value
	}
	return v, nil
}

func named(values []sqldriver.Value) []sqldriver.NamedValue {
	args := make([]sqldriver.NamedValue, len(values))
	for i, v := range values {
		args[i] = sqldriver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

// selectInner runs a SELECT of the driver's own and gives each row to row; the values are valid during the call.
func selectInner(ctx context.Context, inner sqldriver.Conn, text string, args []sqldriver.Value,
	row func([]sqldriver.Value)) error {
	rows, err := queryInner(ctx, inner, text, named(args))
	if err != nil {
		return err
	}
	dest := make([]sqldriver.Value, len(rows.Columns()))
	for {
		if err = rows.Next(dest); err != nil {
			break
		}
		row(dest)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if e := rows.Close(); err == nil {
		err = e
	}
	return err
}
