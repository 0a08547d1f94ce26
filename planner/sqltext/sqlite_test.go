package sqltext

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// testSchema is what the test queries run over.
const testSchema = `
CREATE TABLE t(a INTEGER, b TEXT, c REAL, d, e TEXT COLLATE NOCASE);
CREATE INDEX t_a ON t(a);
CREATE INDEX t_b ON t(b);
CREATE TABLE u(a INTEGER PRIMARY KEY, b TEXT, x, y);
CREATE TABLE w(k TEXT PRIMARY KEY, v, n INTEGER) WITHOUT ROWID;
CREATE TABLE "odd table"("a b" TEXT, "order" INT, "größe" REAL, "it's" TEXT, "x""y" INT);
CREATE TABLE kw(key TEXT, "left" INT, "end" INT, replace INT, "if" INT, first INT, "window" INT, "over" INT, "filter" INT);
CREATE TABLE größe(länge INT, höhe INT);
CREATE TABLE doc(id INTEGER PRIMARY KEY, j TEXT);
CREATE TABLE one_col(a);
CREATE VIRTUAL TABLE fts USING fts5(body);
`

// openTest opens an in-memory database with testSchema.
func openTest(t testing.TB) *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.Exec(testSchema)
	require.NoError(t, err)
	return db
}

// explain returns SQLite's program for a text, without the comment column.
func explain(db *sql.DB, text string) (string, error) {
	var args []any // the driver insists on an argument for each parameter
	for _, name := range []string{"a", "b", "c", "c::d"} {
		if strings.Contains(text, ":"+name) || strings.Contains(text, "@"+name) || strings.Contains(text, "$"+name) {
			args = append(args, sql.Named(name, 1))
		}
	}
	if strings.Contains(text, "?") {
		args = append([]any{1, 2}, args...)
	}
	rows, err := db.Query("EXPLAIN "+text, args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var out strings.Builder
	for rows.Next() {
		var addr, p1, p2, p3, p5 int64
		var op string
		var p4, comment sql.NullString
		if err := rows.Scan(&addr, &op, &p1, &p2, &p3, &p4, &p5, &comment); err != nil {
			return "", err
		}
		fmt.Fprintln(&out, addr, op, p1, p2, p3, p4.String, p5)
	}
	return out.String(), rows.Err()
}

// isSyntaxError tells whether SQLite's message comes from its parser, not from a later look at names and types.
func isSyntaxError(message string) bool {
	return strings.Contains(message, "syntax error") || strings.Contains(message, "incomplete input") ||
		strings.Contains(message, "unrecognized token")
}
