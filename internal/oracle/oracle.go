// Package oracle checks materialized views against SQLite itself: after every statement of a test, committed or not,
// each view is compared with its defining SELECT, run afresh on the same connection, as multisets of typed values. It
// uses database/sql only, so the same tests run over every driver, and it also runs over plain views, which proves the
// tests themselves.
//
// SQLite leaves two things open, and so may a view: which of several values that compare equal stands for a group (1 or
// 1.0, 'a' or 'A' under NOCASE), and the rounding of sums of reals. The first is told to the oracle column by column
// (Free) and checked against the values that rows really have; the second is taken away by running sum, avg and total
// as the engine's exact mv_sum, mv_avg and mv_total.
package oracle

import (
	"context"
	"database/sql"
)

// Querier is what the oracle reads through: *sql.Conn, *sql.Tx or *sql.DB. The view and its reference must be read on
// one connection, so a *sql.DB needs a pool of one.
type Querier interface {
	// QueryContext runs a query, as database/sql's method of this name.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Mode tells what stands for a materialized view.
type Mode uint8

// The modes.
const (
	// Materialized views, found in __internal_dbsp_views; references use the exact aggregates.
	Materialized Mode = iota
	// Plain views of SQLite, found in sqlite_schema. Nothing can differ: the mode proves a test's own statements.
	Plain
)

// View is a view to check.
type View struct {
	Schema string // "main", "temp" or the name of an attached database
	Name   string
	Select string // the defining SELECT, without a trailing semicolon
	Free   []Free
}

// Free says that a column shows one of several values that compare equal: a GROUP BY key, a DISTINCT column, min or max.
type Free struct {
	Column    string // name in the view
	Collation string // BINARY, NOCASE or RTRIM: how its values compare; "" is BINARY
	// Among is a SELECT whose first column lists the values that the column may show, and whose further columns are
	// those named by By: a shown value must be identical to a listed one in a row whose By columns are equal.
	Among string
	By    []string
}
