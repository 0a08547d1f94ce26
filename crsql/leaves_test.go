package crsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// leaf is a connection to a database file of its own, on one of the engines.
type leaf struct {
	t      testing.TB
	driver string
	path   string
	*sql.Conn
}

// eachEngine runs a test on each engine that the program has.
func eachEngine(t *testing.T, test func(t *testing.T, l *leaf)) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) { test(t, openLeaf(t, driver, filepath.Join(t.TempDir(), "a.db"))) })
	}
}

func openLeaf(t testing.TB, driver, path string) *leaf {
	db, err := sql.Open(driver, path)
	require.NoError(t, err)
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	_, err = c.ExecContext(context.Background(), "PRAGMA synchronous = OFF") // nothing waits for the disk
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = c.Close()
		require.NoError(t, db.Close())
	})
	return &leaf{t, driver, path, c}
}

// exec runs statements that must succeed.
func (l *leaf) exec(text string, args ...any) {
	l.t.Helper()
	_, err := l.ExecContext(context.Background(), text, args...)
	require.NoError(l.t, err, text)
}

// fails runs statements that must fail, and returns the error.
func (l *leaf) fails(text string, args ...any) error {
	l.t.Helper()
	_, err := l.rows(text, args...)
	require.Error(l.t, err, text)
	return err
}

// ask returns the rows of a query, each as quote() shows its values, joined by bars.
func (l *leaf) ask(text string, args ...any) []string {
	l.t.Helper()
	rows, err := l.rows(text, args...)
	require.NoError(l.t, err, text)
	return rows
}

func (l *leaf) rows(text string, args ...any) ([]string, error) {
	rows, err := l.QueryContext(context.Background(), text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := []string{}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		shown := make([]string, len(values))
		for i, v := range values {
			shown[i] = quoted(v)
		}
		out = append(out, strings.Join(shown, "|"))
	}
	return out, rows.Err()
}

func quoted(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return fmt.Sprintf("X'%X'", v)
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return fmt.Sprint(v)
}
