package oracle

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

func conn(t *testing.T) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close(); db.Close() })
	return c
}

func TestCheckQueryTellsValuesApart(t *testing.T) {
	key := []Free{{Column: "k", Among: "SELECT 1 UNION ALL SELECT 1.0 UNION ALL SELECT 2"}}
	text := []Free{{Column: "k", Collation: "NOCASE", Among: "VALUES('a'),('A'),('b')"}}
	by := []Free{{Column: "k", Collation: "NOCASE", By: []string{"g"}, Among: "VALUES('a',1),('A',2)"}}
	for _, c := range []struct {
		name, view, ref string
		free            []Free
		kind            string // "" when they agree
	}{
		{"same rows in another order", "VALUES(1,'a'),(2,'b')", "VALUES(2,'b'),(1,'a')", nil, ""},
		{"integer and real", "VALUES(1)", "VALUES(1.0)", nil, "rows"},
		{"zero and negative zero", "VALUES(0.0)", "VALUES(-0.0)", nil, "rows"},
		{"text and blob", "VALUES('a')", "VALUES(x'61')", nil, "rows"},
		{"empty text and NULL", "VALUES('')", "VALUES(NULL)", nil, "rows"},
		{"empty blob and NULL", "VALUES(x'')", "VALUES(NULL)", nil, "rows"},
		{"empty blob and empty text", "VALUES(x'')", "VALUES('')", nil, "rows"},
		{"one ulp", "VALUES(0.1+0.2)", "VALUES(0.3)", nil, "rows"},
		{"text after a NUL", "VALUES(CAST(x'610062' AS TEXT))", "VALUES(CAST(x'610063' AS TEXT))", nil, "rows"},
		{"multiplicity", "VALUES(1),(1),(2)", "VALUES(1),(2),(2)", nil, "rows"},
		{"a row too many", "VALUES(1),(1)", "VALUES(1)", nil, "rows"},
		{"no rows", "SELECT 1 WHERE 0", "SELECT 1", nil, "rows"},
		{"both fail", "SELECT json('{')", "SELECT json('[')", nil, ""},
		{"only the view fails", "SELECT json('{')", "SELECT 1", nil, "error"},
		{"only the SELECT fails", "SELECT 1", "SELECT json('{')", nil, "error"},
		{"width", "SELECT 1, 2", "SELECT 1", nil, "columns"},
		{"free number", "SELECT 1.0 AS k", "SELECT 1 AS k", key, ""},
		{"free number that no row has", "SELECT 2.0 AS k", "SELECT 2 AS k", key, "representative"},
		{"free number of another value", "SELECT 1 AS k", "SELECT 2 AS k", key, "rows"},
		{"free column next to one that is not", "SELECT 1.0 AS k, 1 AS n", "SELECT 1 AS k, 1.0 AS n", key, "rows"},
		{"free text", "SELECT 'A' AS k", "SELECT 'a' AS k", text, ""},
		{"free text that no row has", "SELECT 'B' AS k", "SELECT 'b' AS k", text, "representative"},
		{"NULL of a group without values", "SELECT 1.0 AS k UNION ALL SELECT NULL", "SELECT 1 AS k UNION ALL SELECT NULL", key, ""},
		{"free text of its own group", "SELECT 'A' AS k, 2 AS g", "SELECT 'a' AS k, 2 AS g", by, ""},
		{"free text of another group", "SELECT 'A' AS k, 1 AS g", "SELECT 'a' AS k, 1 AS g", by, "representative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := CheckQuery(context.Background(), conn(t), View{Name: "v", Free: c.free}, c.view, c.ref)
			if c.kind == "" {
				require.NoError(t, err)
				return
			}
			var m *Mismatch
			require.True(t, errors.As(err, &m), "%v", err)
			require.Equal(t, c.kind, m.Kind, m.Error())
		})
	}
}

func TestFetchKeepsDateTimeText(t *testing.T) {
	c := conn(t)
	_, err := c.ExecContext(context.Background(), "CREATE TABLE t(d DATETIME); INSERT INTO t VALUES('2001-02-03 04:05:06'), (NULL)")
	require.NoError(t, err)
	got, err := Fetch(context.Background(), c, "SELECT d FROM t")
	require.NoError(t, err)
	require.Equal(t, []string{"d"}, got.Columns)
	require.Equal(t, "'2001-02-03 04:05:06'", RowString(got.Rows[0]))
	require.Equal(t, "NULL", RowString(got.Rows[1]))
}

func TestLiteralReadsBack(t *testing.T) {
	c := conn(t)
	for _, e := range []string{"NULL", "0", "-9223372036854775807-1", "0.0", "-0.0", "1e308*10", "-1e308*10", "0.1", "5e-324",
		"'it''s'", "''", "x''", "x'00ff'", "CAST(x'610062' AS TEXT)", "'a'||char(10)||'b'", "'é'", "1e15", "123456789012345680.0"} {
		want, err := Fetch(context.Background(), c, "SELECT "+e)
		require.NoError(t, err)
		got, err := Fetch(context.Background(), c, "SELECT "+Literal(want.Rows[0][0]))
		require.NoError(t, err)
		require.Equal(t, string(identity(nil, want.Rows[0])), string(identity(nil, got.Rows[0])), "%s", e)
	}
}

func TestExact(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT sum(a), AVG (b), total\n(c) FROM t": "SELECT mv_sum(a), mv_avg (b), mv_total\n(c) FROM t",
		"SELECT sum(DISTINCT a) FILTER (WHERE b)":   "SELECT mv_sum(DISTINCT a) FILTER (WHERE b)",
		"SELECT sum, t.avg, 'sum(a)', \"sum(a)\"":   "SELECT sum, t.avg, 'sum(a)', \"sum(a)\"",
		"SELECT a AS sum FROM t -- sum(a)":          "SELECT a AS sum FROM t -- sum(a)",
		"SELECT sum/* x */(a)":                      "SELECT mv_sum/* x */(a)",
		"SELECT summ(a), count(*)":                  "SELECT summ(a), count(*)",
	} {
		require.Equal(t, want, Exact(in))
	}
}

func TestTransaction(t *testing.T) {
	var tx Transaction
	for _, s := range []struct {
		stmt string
		open bool
	}{
		{"INSERT INTO t VALUES(1)", false}, {"BEGIN", true}, {"SAVEPOINT a", true}, {"release A", true}, {"COMMIT", false},
		{"SAVEPOINT a", true}, {"SAVEPOINT b", true}, {"ROLLBACK TO a", true}, {"RELEASE SAVEPOINT a", false},
		{"BEGIN IMMEDIATE;", true}, {"ROLLBACK;", false},
	} {
		tx.Note(s.stmt, nil)
		require.Equal(t, s.open, tx.Open(), s.stmt)
	}
	tx.Note("BEGIN", nil)
	tx.Note("ROLLBACK", errors.New("cannot rollback - no transaction is active"))
	require.False(t, tx.Open())
}

// TestScriptFindsAStaleView runs a script in which a "view" is really a table that nobody maintains.
func TestScriptFindsAStaleView(t *testing.T) {
	const text = `
CREATE TABLE t(a);
CREATE VIEW v AS SELECT 1 FROM t;
-- reference: v SELECT 2 FROM t
INSERT INTO t VALUES(1);
`
	s, err := Parse("x.sql", text)
	require.NoError(t, err)
	err = Run(context.Background(), Config{Driver: "sqlite", Mode: Plain}, s, t.TempDir(), false)
	require.ErrorContains(t, err, "x.sql:5")
	require.ErrorContains(t, err, "1 rows only in the view, 1 only in the SELECT")
}

func TestScript(t *testing.T) {
	const text = `-- database: memory
CREATE TABLE t(a UNIQUE, b TEXT COLLATE NOCASE);
CREATE MATERIALIZED VIEW v AS
SELECT b, count(*) AS n
FROM t GROUP BY b;
CREATE TRIGGER tr AFTER INSERT ON t WHEN NEW.a = 9 BEGIN
  SELECT RAISE(ABORT, 'nine; no');
END;
-- free: v.b NOCASE BY n AMONG SELECT b, 1 FROM t
-- error: nine; no
INSERT INTO t VALUES(9, 'x');
-- error: UNIQUE
INSERT INTO t VALUES(1, 'x'), (1, 'y');
-- open: s 1
INSERT INTO t VALUES(1, 'x'), (2, 'y') RETURNING a;
-- shut: s
-- query
SELECT * FROM v ORDER BY 1;
--> 'x', 1
--> 'y', 1
REFRESH MATERIALIZED VIEW v;
DROP MATERIALIZED VIEW v;
-- query
SELECT * FROM t WHERE 0;
`
	run := func(text string) (*Script, error) {
		s, err := Parse("x.sql", text)
		require.NoError(t, err)
		return s, Run(context.Background(), Config{Driver: "sqlite", Mode: Plain}, s, t.TempDir(), false)
	}
	s, err := run(text)
	require.NoError(t, err)
	require.Equal(t, text, Rewrite(s, text))
	for old, new := range map[string]string{
		"--> 'y', 1":       "--> 'y', 2",
		"--> 'y', 1\n":     "",
		"-- error: UNIQUE": "-- error: FOREIGN",
		"(1, 'y');":        "(2, 'y');",
	} {
		_, err := run(strings.Replace(text, old, new, 1))
		require.Error(t, err, new)
	}
}

func TestParseFree(t *testing.T) {
	view, f, err := ParseFree("v.k NOCASE BY a,b AMONG SELECT k, a, b FROM t")
	require.NoError(t, err)
	require.Equal(t, "v", view)
	require.Equal(t, Free{Column: "k", Collation: "NOCASE", By: []string{"a", "b"}, Among: "SELECT k, a, b FROM t"}, f)
	again, g, err := ParseFree(strings.TrimPrefix(FreeDirective(view, f), "-- free: "))
	require.NoError(t, err)
	require.Equal(t, view, again)
	require.Equal(t, f, g)
}
