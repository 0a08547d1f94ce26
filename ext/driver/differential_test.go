package driver

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// outcome is all that a program sees of a text.
type outcome struct {
	Err, RowsErr string
	Columns      []string
	Types        []string
	Rows         []string
	Affected     int64
	LastID       int64
	Tables       []string
}

// A text that is cut at CREATE INDEX, which both drivers understand, does the same as the text in one piece: which
// result or rows are returned, how arguments are shared, where it stops.
func TestCutTextActsAsWholeText(t *testing.T) {
	statements := rapid.SampledFrom([]string{
		"SELECT 1 AS one", "SELECT a, b FROM t ORDER BY rowid", "SELECT a FROM t WHERE a = ?1", "SELECT 1 WHERE 0",
		"INSERT INTO t VALUES(?, ?)", "INSERT INTO t VALUES(?2, :name) RETURNING a AS x, 'y'", "INSERT INTO t VALUES(7, 'seven'), (8, NULL)",
		"UPDATE t SET b = b || '!' WHERE a > 3", "DELETE FROM t WHERE a = ?", "CREATE TABLE IF NOT EXISTS u(d DATETIME)",
		"INSERT INTO u VALUES('2024-05-06 07:08:09')", "SELECT d, max(d) FROM u",
		"CREATE INDEX IF NOT EXISTS i ON t(a)", "CREATE INDEX IF NOT EXISTS j ON t(b) WHERE b > 'x'", "CREATE UNIQUE INDEX k ON t(a)",
		"CREATE INDEX l ON nix(a)", "CREATE INDEX IF NOT EXISTS main.m ON u(lower(d))", "DROP INDEX IF EXISTS i", "SELECT nix", "/* empty */", "",
		"CREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON t BEGIN SELECT 'CREATE INDEX x ON t(a);'; INSERT INTO u VALUES(1); END",
	})
	ends := rapid.SampledFrom([]string{"", ";", ";\n", "; -- end", " /* end */"})
	rapid.Check(t, func(t *rapid.T) {
		var texts []string
		for range rapid.IntRange(1, 3).Draw(t, "texts") {
			list := rapid.SliceOfN(statements, 1, 6).Draw(t, "statements")
			texts = append(texts, strings.Join(list, rapid.SampledFrom([]string{";", " ; \n", ";;"}).Draw(t, "separator"))+ends.Draw(t, "end"))
		}
		how := rapid.SampledFrom([]string{"exec", "query", "prepared exec", "prepared query"}).Draw(t, "how")
		args := []any{int64(4), "vier", sql.Named("name", "n")}[:rapid.SampledFrom([]int{0, 1, 2, 3, 3}).Draw(t, "args")]
		run := func(stock bool) (out []outcome) {
			db := sql.OpenDB(&opener{dsn: ":memory:", stock: stock})
			defer db.Close()
			db.SetMaxOpenConns(1)
			_, err := db.Exec("CREATE TABLE t(a, b); INSERT INTO t VALUES(3, 'drei'), (4, 'vier')")
			require.NoError(t, err)
			for _, text := range texts {
				out = append(out, observe(db, how, text, args))
			}
			return out
		}
		require.Equal(t, run(true), run(false), "%s %q", how, texts)
	})
}

func observe(db *sql.DB, how, text string, args []any) (o outcome) {
	var rows *sql.Rows
	var res sql.Result
	var err error
	switch how {
	case "exec":
		res, err = db.Exec(text, args...)
	case "query":
		rows, err = db.Query(text, args...)
	default:
		var s *sql.Stmt
		if s, err = db.Prepare(text); err != nil {
			break
		}
		defer s.Close()
		if how == "prepared exec" {
			res, err = s.Exec(args...)
		} else {
			rows, err = s.Query(args...)
		}
	}
	if err != nil {
		o.Err = err.Error()
	}
	if res != nil && text != "" {
		func() {
			defer func() { _ = recover() }() // modernc.org/sqlite has no result for a text without statements
			o.Affected, _ = res.RowsAffected()
			o.LastID, _ = res.LastInsertId()
		}()
	}
	if rows != nil {
		readRows(rows, &o)
	}
	names, err := db.Query("SELECT name || ' ' || (SELECT count(*) FROM t) FROM sqlite_master ORDER BY 1")
	if err != nil {
		panic(err)
	}
	defer names.Close()
	for names.Next() {
		var s string
		if err := names.Scan(&s); err != nil {
			panic(err)
		}
		o.Tables = append(o.Tables, s)
	}
	return o
}

func readRows(rows *sql.Rows, o *outcome) {
	defer rows.Close()
	o.Columns, _ = rows.Columns()
	types, _ := rows.ColumnTypes()
	for _, c := range types {
		null, known := c.Nullable()
		length, limited := c.Length()
		p, s, decimal := c.DecimalSize()
		o.Types = append(o.Types, fmt.Sprint(c.DatabaseTypeName(), c.ScanType(), null, known, length, limited, p, s, decimal))
	}
	for rows.Next() {
		row := make([]any, len(o.Columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			panic(err)
		}
		o.Rows = append(o.Rows, fmt.Sprintf("%#v", row))
	}
	if err := rows.Err(); err != nil {
		o.RowsErr = err.Error()
	}
}
