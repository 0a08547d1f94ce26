package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
)

// ArgumentRule says which of the arguments of a multi-statement text a part of it gets. SQLite drivers differ in this,
// and a text keeps its meaning when a statement on a view is put into it.
//
// It is called for each part in order: text is a part of the statements, args are the arguments of the call, and used
// counts the arguments that earlier parts took. It returns the arguments for this part and how many of them are used up.
type ArgumentRule func(ctx context.Context, inner sqldriver.Conn, text string, args []sqldriver.NamedValue, used int) (
	own []sqldriver.NamedValue, taken int, err error)

// SharedArguments is the rule of modernc.org/sqlite: every statement of a text binds from the same arguments, by name or
// by position.
func SharedArguments(_ context.Context, _ sqldriver.Conn, _ string, args []sqldriver.NamedValue, _ int) (
	[]sqldriver.NamedValue, int, error) {
	return args, 0, nil
}

// Conn is a connection that translates statements on materialized views and forwards everything else to the connection
// of the inner driver. Like every driver connection it is used by one goroutine at a time.
//
// It has every optional interface of database/sql/driver. Where the inner connection lacks one, Conn does what
// database/sql does for a connection without it.
type Conn struct {
	inner sqldriver.Conn
	rule  ArgumentRule
}

var (
	_ sqldriver.Conn               = (*Conn)(nil)
	_ sqldriver.ConnBeginTx        = (*Conn)(nil)
	_ sqldriver.ConnPrepareContext = (*Conn)(nil)
	_ sqldriver.ExecerContext      = (*Conn)(nil)
	_ sqldriver.QueryerContext     = (*Conn)(nil)
	_ sqldriver.NamedValueChecker  = (*Conn)(nil)
	_ sqldriver.SessionResetter    = (*Conn)(nil)
	_ sqldriver.Validator          = (*Conn)(nil)
	_ sqldriver.Pinger             = (*Conn)(nil)
)

// Wrap returns a Conn over inner, which it owns from then on. rule tells how the inner driver hands out arguments.
func Wrap(inner sqldriver.Conn, rule ArgumentRule) *Conn { return &Conn{inner: inner, rule: rule} }

// Unwrap returns the inner driver's connection, for what can't be forwarded. Statements run on it are not translated.
func (c *Conn) Unwrap() sqldriver.Conn { return c.inner }

// Close closes the inner connection.
func (c *Conn) Close() error { return c.inner.Close() }

// Begin starts a transaction.
//
// Deprecated: database/sql calls BeginTx.
func (c *Conn) Begin() (sqldriver.Tx, error) { return c.inner.Begin() }

// BeginTx starts a transaction. An inner driver without it gets Begin, and default options only.
func (c *Conn) BeginTx(ctx context.Context, opts sqldriver.TxOptions) (sqldriver.Tx, error) {
	if b, ok := c.inner.(sqldriver.ConnBeginTx); ok {
		return b.BeginTx(ctx, opts)
	}
	if opts.Isolation != 0 {
		return nil, errors.New("sqlite-mv: the driver does not support non-default isolation levels")
	}
	if opts.ReadOnly {
		return nil, errors.New("sqlite-mv: the driver does not support read-only transactions")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.Begin()
}

// Prepare is PrepareContext without a context.
func (c *Conn) Prepare(query string) (sqldriver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext prepares the text. One with a statement on a view is translated at each execution, so such a statement
// finds the views that exist then.
func (c *Conn) PrepareContext(ctx context.Context, query string) (sqldriver.Stmt, error) {
	if s := readScript(query); s != nil {
		return c.prepareScript(ctx, s)
	}
	return prepareInner(ctx, c.inner, query)
}

// ExecContext runs the statements of the text. The result is the last statement's.
func (c *Conn) ExecContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if s := readScript(query); s != nil {
		return c.execScript(ctx, s, args)
	}
	if e, ok := c.inner.(sqldriver.ExecerContext); ok {
		return e.ExecContext(ctx, query, args)
	}
	return nil, sqldriver.ErrSkip
}

// Exec is ExecContext without a context.
//
// Deprecated: database/sql calls ExecContext.
func (c *Conn) Exec(query string, args []sqldriver.Value) (sqldriver.Result, error) {
	return c.ExecContext(context.Background(), query, named(args))
}

// Query is QueryContext without a context.
//
// Deprecated: database/sql calls QueryContext.
func (c *Conn) Query(query string, args []sqldriver.Value) (sqldriver.Rows, error) {
	return c.QueryContext(context.Background(), query, named(args))
}

// QueryContext runs the statements of the text and returns rows as the inner driver chooses them.
func (c *Conn) QueryContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	if s := readScript(query); s != nil {
		return c.queryScript(ctx, s, args)
	}
	if q, ok := c.inner.(sqldriver.QueryerContext); ok {
		return q.QueryContext(ctx, query, args)
	}
	return nil, sqldriver.ErrSkip
}

// CheckNamedValue lets the inner driver convert an argument, else database/sql does.
func (c *Conn) CheckNamedValue(v *sqldriver.NamedValue) error {
	if n, ok := c.inner.(sqldriver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return sqldriver.ErrSkip
}

// ResetSession is called by database/sql before a pooled connection is used again.
func (c *Conn) ResetSession(ctx context.Context) error {
	if r, ok := c.inner.(sqldriver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid tells database/sql whether the connection may go back to the pool.
func (c *Conn) IsValid() bool {
	if v, ok := c.inner.(sqldriver.Validator); ok {
		return v.IsValid()
	}
	return true
}

// Ping checks the connection.
func (c *Conn) Ping(ctx context.Context) error {
	if p, ok := c.inner.(sqldriver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}
