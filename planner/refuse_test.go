package planner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var refuseSchema = []string{
	"CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT, c INTEGER)",
	"CREATE TABLE u(id INTEGER PRIMARY KEY, a, d TEXT)",
	"CREATE TABLE norowid(a, b)",
	"CREATE TABLE __internal_dbsp_views(a)",
	"CREATE TABLE old(a)",
	"CREATE TABLE one(a)",
	"CREATE VIRTUAL TABLE f USING fts5(body)",
	"CREATE VIEW bad AS SELECT a,\n  random() AS r FROM t",
	"CREATE VIEW good AS SELECT a FROM t",
	"CREATE TEMP TABLE tmp(a)",
	"CREATE TEMP TABLE old2(a)",
	"CREATE TABLE old2(a)",
	"ATTACH ':memory:' AS aux",
	"CREATE TABLE aux.x(a)",
}

// TestRefused lists every construct that is refused. A ^ stands before the place that the error must name.
func TestRefused(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	c.stale["old"] = "run REFRESH MATERIALIZED VIEW old"
	for _, q := range []struct{ sql, construct string }{
		{"SELECT a, ^row_number() OVER (ORDER BY a) FROM t", "window function row_number()"},
		{"SELECT sum(a) OVER w FROM t WINDOW ^w AS (ORDER BY a)", "WINDOW clause"},
		{"SELECT ^sum(a) OVER (PARTITION BY b) FROM t", "window function sum()"},
		{"SELECT a FROM t LIMIT ^5", "LIMIT"},
		{"SELECT a FROM t ORDER BY a LIMIT ^5 OFFSET 2", "LIMIT"},
		{"SELECT * FROM (SELECT a FROM t LIMIT ^1)", "LIMIT"},
		{"WITH RECURSIVE n(i) AS (SELECT a FROM t UNION ALL SELECT i + 1 FROM ^n WHERE i < 5) SELECT * FROM n", "recursive CTE n"},
		{"SELECT * FROM ^f", "virtual table f"},
		{"SELECT a, ^(SELECT d FROM u WHERE u.a = t.a) FROM t", "scalar subquery that may have several rows"},
		{"SELECT a, ^(SELECT d FROM u UNION SELECT b FROM t) FROM t", "scalar subquery that may have several rows"},
		{"SELECT a, (SELECT d FROM u ORDER BY d LIMIT -1 OFFSET ^1) FROM t", "OFFSET"},
		{"SELECT a, (SELECT d FROM u ORDER BY d LIMIT ^0) FROM t", "LIMIT"},
		{"SELECT a FROM t LIMIT ^1 + 1", "LIMIT"},
		{"SELECT * FROM t WHERE a IN (SELECT a FROM u LIMIT ^1)", "LIMIT"},
		{"SELECT * FROM t WHERE a IN (SELECT a FROM u ORDER BY a LIMIT ^2)", "LIMIT"},
		{"SELECT name FROM ^pragma_table_info('t')", "table-valued function pragma_table_info()"},
		{"SELECT * FROM t ^RIGHT JOIN json_each(coalesce(b, '[1]'))", "RIGHT or FULL JOIN of a table-valued function of columns to its left"},
		{"SELECT a FROM t WHERE a = ^?", "parameter ?"},
		{"SELECT ^:x FROM t", "parameter :x"},
		{"SELECT ^random() FROM t", "non-deterministic function random()"},
		{"SELECT a FROM t WHERE c > ^changes()", "non-deterministic function changes()"},
		{"SELECT ^last_insert_rowid() FROM t", "non-deterministic function last_insert_rowid()"},
		{"SELECT ^CURRENT_TIMESTAMP FROM t", "CURRENT_TIMESTAMP"},
		{"SELECT a, ^current_date FROM t", "CURRENT_DATE"},
		{"SELECT ^date() FROM t", "date() of the current time"},
		{"SELECT ^strftime('%Y') FROM t", "strftime() of the current time"},
		{"SELECT a FROM t WHERE b > datetime(^'now', '-1 day')", "datetime() with 'now'"},
		{"SELECT julianday(^'NOW') - julianday(b) FROM t", "julianday() with 'NOW'"},
		{"SELECT unixepoch(^'subsec') FROM t", "unixepoch() with 'subsec'"},
		{"SELECT datetime(b, ^'localtime') FROM t", "datetime() with 'localtime'"},
		{"SELECT time(b, ^'utc') FROM t", "time() with 'utc'"},
		{"SELECT strftime('%s', ^'now') FROM t", "strftime() with 'now'"},
		{"SELECT timediff(b, ^'now') FROM t", "timediff() with 'now'"},
		{"SELECT date(coalesce(b, ^'now')) FROM t", "date() with 'now'"},
		{"SELECT date(^'no' || 'w') FROM t", "date() with a computed constant"},
		{"SELECT a COLLATE ^BINARY FROM t", ""},
		{"SELECT * FROM ^tmp", "temp table tmp"},
		{"SELECT * FROM ^old2", "temp table old2"},
		{"SELECT * FROM ^aux.x", "table aux.x of another schema"},
		{"SELECT * FROM ^sqlite_schema", "system table sqlite_schema"},
		{"SELECT * FROM ^main.sqlite_master", "system table sqlite_master"},
		{"SELECT * FROM ^__internal_dbsp_views", "system table __internal_dbsp_views"},
		{"SELECT * FROM ^old", "stale view old"},
		{"SELECT ^rowid FROM norowid", "rowid of a table without INTEGER PRIMARY KEY"},
		{"SELECT ^n._rowid_, a FROM norowid AS n", "_rowid_ of a table without INTEGER PRIMARY KEY"},
		{"SELECT x FROM (SELECT b AS x FROM t UNION ALL SELECT c FROM t) WHERE ^x <> '1'", "comparison of a compound SELECT's column whose branches differ in type"},
		{"SELECT column1 FROM (VALUES (1), ('1') UNION ALL SELECT CAST(a AS TEXT) FROM t) JOIN t ON ^column1 = a", "comparison of a compound SELECT's column whose branches differ in type"},
		{"SELECT (SELECT c FROM t UNION SELECT b FROM t ORDER BY ^1 COLLATE NOCASE)", "COLLATE in the ORDER BY of a compound SELECT whose branches differ in type"},
		{"SELECT json_array(^j) FROM (SELECT json(b) AS j FROM t)", "JSON value handed from a subquery or GROUP BY to json_array()"},
		{"SELECT json_object('k', ^json_extract(b, '$.x')) FROM t GROUP BY json_extract(b, '$.x')", "JSON value handed from a subquery or GROUP BY to json_object()"},
		{"^SELECT a AS __internal_dbsp_weight FROM t", "column name __internal_dbsp_weight"},
		{"^SELECT a AS MV_Command FROM t", "column name MV_Command"},
	} {
		at := strings.IndexByte(q.sql, '^')
		sql := q.sql[:at] + q.sql[at+1:]
		_, err := New(c, "main", "v", sql, nil)
		if q.construct == "" {
			require.NoError(t, err, sql)
			continue
		}
		require.ErrorIs(t, err, ErrUnsupported, sql)
		var u *Unsupported
		require.ErrorAs(t, err, &u)
		require.Equal(t, q.construct, u.Construct, sql)
		line, column := 1+strings.Count(sql[:at], "\n"), at-strings.LastIndexByte(sql[:at], '\n')
		require.Equal(t, [2]int{line, column}, [2]int{u.Line, u.Column}, "%s: %v", sql, err)
		require.Contains(t, err.Error(), "view v: "+q.construct)
	}
}

// TestNotRefused lists what stands close to a refused construct.
func TestNotRefused(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	for _, sql := range []string{
		"SELECT a, (SELECT d || count(*) FROM u WHERE u.a = t.a) FROM t",
		"SELECT a, (SELECT sum(t.c) FROM u) FROM t",
		"SELECT a, (SELECT count(*) FROM u WHERE u.a > max(t.c)) FROM t GROUP BY a",
		"SELECT a, (SELECT d FROM u UNION SELECT b FROM t ORDER BY 1) FROM t",
		"SELECT t.a, j.rowid FROM t RIGHT JOIN json_each('[1]') j ON j.value = a",
		"SELECT t.a FROM t FULL JOIN json_each(t.b -> '$.x', (SELECT d FROM u WHERE id = 1)) j ON j.value IN (SELECT a FROM u)",
		"SELECT id FROM t FULL JOIN (u CROSS JOIN one AS o) USING (id)",
		"SELECT a FROM (SELECT a FROM t LIMIT -1 OFFSET 0) ORDER BY a LIMIT -2",
		"SELECT x = '1' FROM (SELECT b AS x FROM t UNION ALL SELECT c FROM t) WHERE x = 1",
		"SELECT date(b, '+1 day'), datetime(b, 'subsec'), strftime('%Y', b), timediff(b, '2020-01-01'), date('2020-01-01') FROM t",
		"SELECT rowid, t.oid, _rowid_ FROM t",
		"SELECT min(a, c), max(a, c) FROM t",
		"SELECT a FROM t ORDER BY b DESC, 1",
		"SELECT a, count(*) AS n FROM t GROUP BY a ORDER BY count(*) DESC, n, max(b) + n, a",
		"SELECT a FROM t GROUP BY a ORDER BY b",
		"SELECT count(*) FROM t ORDER BY sum(a)",
		"SELECT a AS x FROM t UNION ALL SELECT a FROM u ORDER BY x",
		"SELECT * FROM main.old2",
		"SELECT x FROM (SELECT b AS x FROM t UNION ALL SELECT c FROM t)",
		"SELECT x, count(*) FROM (SELECT b AS x FROM t UNION ALL SELECT c FROM t) GROUP BY x",
		"WITH RECURSIVE n AS (SELECT a FROM t) SELECT * FROM n",
		"WITH t(a) AS (SELECT a FROM main.t) SELECT a FROM t",
		"SELECT json_array(json(b)) FROM t",
		"SELECT json_array(json(j)) FROM (SELECT json(b) AS j FROM t)",
		`SELECT "no such column" FROM t`,
		"SELECT true, false FROM t WHERE a IS TRUE",
		"SELECT a, count(*) FROM t GROUP BY a HAVING a > 1 AND count(*) > 2",
		"SELECT (a), count(*) + 1 FROM t GROUP BY A",
		"SELECT upper(a) || count(*) FROM t GROUP BY upper(t.a)",
		"SELECT 'x', 1 + 1, count(*) FROM t",
		"SELECT * FROM good",
		"SELECT a AS x FROM t WHERE x > 1 GROUP BY x HAVING x < 9",
		"SELECT (SELECT count(*) FROM u WHERE u.a = t.a) AS n, count(*) FROM t WHERE n > 1 GROUP BY n HAVING n < 9 ORDER BY n",
		"SELECT coalesce((SELECT max(a) FROM u WHERE u.a = t.a), 0) AS n FROM t WHERE n + 1 > 2 GROUP BY n",
	} {
		_, err := New(c, "main", "v", sql, nil)
		require.NoError(t, err, sql)
	}
	c.schema = "temp"
	_, err := New(c, "temp", "v", "SELECT * FROM tmp JOIN old2 USING (a)", nil)
	require.NoError(t, err)
	_, err = New(c, "temp", "v", "SELECT * FROM main.t", nil)
	require.NoError(t, err)
	_, err = New(c, "temp", "v", "SELECT * FROM aux.x", nil)
	require.ErrorIs(t, err, ErrUnsupported)
}

// TestRefusedInPlainView checks that the error names the view that the construct is in.
func TestRefusedInPlainView(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	_, err := New(c, "main", "v", "SELECT * FROM bad", nil)
	var u *Unsupported
	require.ErrorAs(t, err, &u)
	require.Equal(t, "bad", u.PlainView)
	require.Equal(t, [2]int{2, 3}, [2]int{u.Line, u.Column})
	require.Contains(t, err.Error(), "at line 2, column 3 of view bad")
}

func TestErrorsOfNew(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	_, err := New(c, "main", "v", "SELECT nope FROM t", nil)
	require.ErrorContains(t, err, "no such column: nope")
	require.NotErrorIs(t, err, ErrUnsupported)
	_, err = New(c, "main", "v", "SELEC 1", nil)
	require.ErrorContains(t, err, `near "SELEC": syntax error`)
	_, err = New(c, "main", "v", "SELECT a FROM t", []string{"x", "y"})
	require.ErrorIs(t, err, ErrColumnCount)
}

// TestOrderOfUTF16 checks that min and max, whose order differs there, are left to SQLite in a UTF-16 database.
func TestOrderOfUTF16(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	circuit := func(sql string) string {
		p, err := New(c, "main", "v", sql, nil)
		require.NoError(t, err)
		return p.Explain().String()
	}
	require.NotContains(t, circuit("SELECT min(a) FROM t"), "recompute")
	c.utf16 = true
	require.Contains(t, circuit("SELECT min(a) FROM t"), "recompute")
	require.NotContains(t, circuit("SELECT sum(a) FROM t"), "recompute")
}

// overloading is a catalog with user-defined functions and collations.
type overloading struct{ *testCatalog }

func (o overloading) Functions(name string) ([]Function, error) {
	fs, err := o.testCatalog.Functions(name)
	switch name {
	case "count", "date":
		fs = append(fs, Function{Name: name, NArg: 3, Scalar: true, Deterministic: true})
	case "upper":
		fs = []Function{{Name: name, NArg: 1, Scalar: true}}
	}
	return fs, err
}

func (o overloading) Table(schema, name string) (*Table, error) {
	t, err := o.testCatalog.Table(schema, name)
	if t != nil && t.Name == "u" {
		t.Columns[2].Collation = "GERMAN"
	}
	return t, err
}

func TestUserDefined(t *testing.T) {
	c := overloading{openCatalog(t, refuseSchema...)}
	for sql, construct := range map[string]string{
		"SELECT date(a) FROM t":                  "overloaded function date()",
		"SELECT upper(b) FROM t":                 "non-deterministic function upper()",
		"SELECT d FROM u":                        "collation GERMAN of column d",
		"SELECT * FROM u":                        "collation GERMAN of column d",
		"SELECT u.a FROM u NATURAL JOIN u AS u2": "collation GERMAN of column d",
	} {
		_, err := New(c, "main", "v", sql, nil)
		var u *Unsupported
		require.ErrorAs(t, err, &u, sql)
		require.Equal(t, construct, u.Construct)
	}
	for _, sql := range []string{"SELECT a FROM u", "SELECT count(*) FROM t"} {
		_, err := New(c, "main", "v", sql, nil)
		require.NoError(t, err)
	}
}

// blind is a catalog whose SQLite compiles texts with a marker to another program.
type blind struct {
	*testCatalog
	marker string
}

func (b blind) Explain(sql string) ([][7]string, error) {
	ops, err := b.testCatalog.Explain(sql)
	if strings.Contains(sql, b.marker) {
		ops = ops[1:]
	}
	return ops, err
}

// TestGuard checks that a reading which SQLite compiles to something else is refused, be it the tree or the names.
func TestGuard(t *testing.T) {
	c := openCatalog(t, refuseSchema...)
	_, err := New(c, "main", "v", "SELECT a + c * 2 AS x FROM t", nil)
	require.NoError(t, err)
	_, err = New(blind{c, "(c * 2)"}, "main", "v", "SELECT a + c * 2 AS x FROM t", nil)
	require.ErrorIs(t, err, ErrUnsure)
	require.ErrorContains(t, err, "view v, at line 1, column 1")
	_, err = New(blind{c, "r1.a"}, "main", "v", "SELECT a + c * 2 AS x FROM t", nil)
	require.ErrorIs(t, err, ErrUnsure)
}
