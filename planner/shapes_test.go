package planner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// changedByStoring puts the view's rows into a table with the plan's columns and returns what came out changed.
func (v *liveView) changedByStoring() (string, error) {
	if len(v.out) == 0 {
		return "", nil
	}
	var defs, rows []string
	for i, c := range v.env.plan.Columns {
		defs = append(defs, fmt.Sprintf("c%d %s COLLATE %s", i, c.DeclType, c.Collation))
		if affinityOfType(c.DeclType) != c.Affinity {
			return "affinity of " + c.Name, nil
		}
	}
	want := map[string]bool{}
	for k, w := range v.out {
		want[k] = true
		var values []string
		for _, x := range w.row {
			values = append(values, literal(x))
		}
		rows = append(rows, "("+strings.Join(values, ",")+")")
	}
	db := v.env.eval
	if _, err := db.Exec("DROP TABLE IF EXISTS stored; CREATE TABLE stored(" + strings.Join(defs, ",") + ")"); err != nil {
		return "", err
	}
	if _, err := db.Exec("INSERT INTO stored VALUES" + strings.Join(rows, ",")); err != nil {
		return "", err
	}
	exprs := make([]string, len(defs))
	for i := range exprs {
		exprs[i] = fmt.Sprintf("+c%d", i)
	}
	stored, err := queryRows(db, "SELECT "+strings.Join(exprs, ",")+" FROM stored")
	for _, r := range stored {
		if !want[string(dbsp.AppendRow(nil, r))] {
			return fmt.Sprint(r, v.env.plan.Columns), nil
		}
	}
	return "", err
}

// TestShapes maintains hand-written queries, one for each thing that the planner treats in a way of its own.
func TestShapes(t *testing.T) {
	eval := openEval(t)
	for _, query := range []string{
		"SELECT count(*) FROM t",
		"SELECT count(*) FROM t WHERE a > 1",
		"SELECT count(*) FROM t, u",
		"SELECT count(*) FROM t JOIN u ON t.a = u.a",
		"SELECT count(*) FROM (SELECT a FROM t UNION ALL SELECT b FROM t UNION ALL SELECT 1 FROM u)",
		"SELECT count(*) FROM (SELECT DISTINCT a FROM t)",
		"SELECT 1 AS one, 'x' AS x FROM t",
		"SELECT DISTINCT 1 AS one FROM t",
		"SELECT 1 AS one FROM t GROUP BY a",
		"SELECT count(*) FROM t GROUP BY 'k'",
		"SELECT count(*) FROM t HAVING count(*) > 3",
		"SELECT sum(a) FROM t WHERE 0",
		"SELECT sum(a), count(*) FROM t WHERE b IS NULL HAVING sum(a) IS NULL",
		"SELECT a, a, count(*) FROM t GROUP BY a, a",
		"SELECT c, count(*) FROM t GROUP BY c COLLATE BINARY",
		"SELECT count(*), count(DISTINCT a) FROM t GROUP BY c, c COLLATE BINARY",
		"SELECT a + 1 AS x, sum(b) FROM t GROUP BY x HAVING x > 1",
		"SELECT a + 1 AS a, sum(b) FROM t GROUP BY a",
		"SELECT sum(a) + 1, sum(a) * count(*), -sum(a) FROM t GROUP BY c",
		"SELECT max(s) FROM (SELECT sum(a) AS s FROM t GROUP BY c)",
		"SELECT s, count(*) FROM (SELECT sum(id) AS s FROM t GROUP BY c) GROUP BY s",
		"SELECT rowid, t.rowid, oid FROM t",
		"SELECT * FROM t AS x JOIN t AS y USING (id)",
		"SELECT * FROM t NATURAL JOIN u NATURAL JOIN w",
		"SELECT x.id, x.*, w.k FROM t x JOIN u USING (a) JOIN w USING (a)",
		"SELECT * FROM t JOIN (u JOIN w USING (a)) USING (a)",
		"SELECT * FROM (t CROSS JOIN u), w WHERE t.id = w.k",
		"SELECT t.id, u.id, w.k FROM t, u, w WHERE t.id = w.k AND w.a = u.a",
		"SELECT t.id, u.id, w.k FROM t, u, w WHERE t.id + u.id = w.k",
		"SELECT x.id, y.id FROM u x JOIN u y ON x.id = y.a",
		"SELECT w.k, p.v FROM w JOIN pk p ON p.x = w.a AND p.y = w.k",
		"SELECT p.v, w.k FROM pk p JOIN w ON p.x = w.a",
		"SELECT t.id, g FROM gen JOIN t ON t.id = g",
		"SELECT \"a\", [b], `c`, \"none\" FROM t",
		"SELECT \"select\", \"a b\", \"q\"\"q\", größe FROM odd",
		"SELECT \"true\", true, TRUE + 1 FROM odd",
		"SELECT main.t.a, t.b FROM main.t WHERE main.t.a > 0",
		"SELECT a FROM t WHERE a BETWEEN 1 AND 10 AND b = 3",
		"SELECT a FROM t WHERE NOT a = b",
		"SELECT a FROM t WHERE a IS NOT b AND c",
		"SELECT id FROM t WHERE (a, b) = (1, 3)",
		"SELECT t.id FROM t JOIN u ON (t.a, t.id) = (u.a, u.id)",
		"SELECT t.id FROM t JOIN u ON t.a IS u.a",
		"SELECT t.id FROM t JOIN u ON t.c = u.d COLLATE NOCASE",
		"SELECT t.id FROM t JOIN u ON lower(t.c) = lower(u.d)",
		"WITH q AS (SELECT a, count(*) AS n FROM t GROUP BY a), r AS (SELECT n FROM q) SELECT q.a, r.n FROM q JOIN r USING (n)",
		"WITH t AS (SELECT id FROM main.t WHERE a > 1) SELECT t.id FROM t JOIN u ON u.id = t.id",
		"WITH a(x, y) AS (SELECT a, id FROM t), b AS (SELECT x FROM a) SELECT b.x, a.y FROM a, b WHERE a.x = b.x",
		"SELECT * FROM (WITH q AS (SELECT a FROM u) SELECT a FROM q UNION ALL SELECT id FROM t) ORDER BY a",
		"SELECT n, x FROM vv JOIN t ON t.id = vv.x",
		"SELECT total(a) FILTER (WHERE b > 1), count(*) FILTER (WHERE c = 'A'), avg(DISTINCT a) FROM t GROUP BY b",
		"SELECT min(c), max(c COLLATE BINARY), count(DISTINCT c) FROM t",
		"SELECT id, CASE a WHEN 1 THEN 'one' ELSE c END AS x, a IN (1, 2) AS y, coalesce(b, a) AS z FROM t",
		"SELECT DISTINCT a, c FROM t ORDER BY 2",
		"SELECT a FROM t UNION ALL SELECT a FROM u UNION ALL SELECT a FROM t ORDER BY 1 DESC",
		"SELECT CAST(a AS TEXT) AS x, CAST(b AS REAL) AS y, CAST(c AS NUMERIC) AS z, CAST(a AS BLOB) AS w FROM t",
		"SELECT r, n, f, ty FROM typed",
		"SELECT any1, any2 FROM st",
	} {
		c := openCatalog(t,
			"CREATE TABLE t(id INTEGER PRIMARY KEY, a, b INTEGER, c TEXT COLLATE NOCASE)",
			"CREATE TABLE u(id INTEGER PRIMARY KEY, a, d TEXT)", "CREATE INDEX ua ON u(a)",
			"CREATE TABLE w(k INTEGER, a)",
			"CREATE TABLE pk(x, y INTEGER, v, PRIMARY KEY(x, y)) WITHOUT ROWID",
			"CREATE TABLE gen(a INTEGER, g INTEGER GENERATED ALWAYS AS (a + 1) STORED, h AS (a * 2))",
			"CREATE TABLE odd(\"select\", \"a b\", \"q\"\"q\", größe, \"true\")",
			"CREATE TABLE typed(r REAL, n DECIMAL(10,2), f \"FLOATING POINT\", ty MONEY)",
			"CREATE TABLE st(any1 ANY, any2 ANY) STRICT",
			"CREATE VIEW v0 AS SELECT a AS x, count(*) AS n FROM t GROUP BY a",
			"CREATE VIEW vv(n, x) AS SELECT n + 1, x FROM v0 WHERE n > 0",
		)
		p, err := New(c, "main", "v", query, nil)
		require.NoError(t, err, query)
		v := newLiveView(t, c, eval, query, p)
		check := func() {
			require.NoError(t, v.refresh(), query)
			diff, err := v.difference(p.ShowsRepresentatives())
			require.NoError(t, err, query)
			require.Empty(t, diff, "%s\n%s", query, p.Explain())
			changed, err := v.changedByStoring()
			require.NoError(t, err, query)
			require.Empty(t, changed, query)
		}
		check()
		for _, s := range []string{
			"INSERT INTO t VALUES(1, 1, 3, 'A'), (2, 2, NULL, 'b'), (3, 2, 1, 'B'), (4, NULL, 3, NULL), (5, 1, 3, 'c')",
			"INSERT INTO u VALUES(1, 1, 'a'), (2, 2, 'B'), (3, 2, 'x'), (4, NULL, 'A')",
			"INSERT INTO w VALUES(1, 1), (2, 1), (3, 2), (2, NULL)",
			"INSERT INTO pk VALUES(1, 1, 'p'), (1, 2, 'q'), (2, 3, 'r')",
			"INSERT INTO gen(a) VALUES(0), (1), (1), (NULL)",
			"INSERT INTO odd VALUES(1, 2, 3, 4, 5), (1, 2, 3, 4, 5)",
			"INSERT INTO typed VALUES(1, '2.50', 3, '2001-01-01'), (1.5, 3.0, 3.5, 7)",
			"INSERT INTO st VALUES('1', 1.0), (1, '1.0')",
			"UPDATE t SET a = 2 WHERE id = 1", "UPDATE t SET id = 9 WHERE id = 2", "UPDATE u SET a = 1", "DELETE FROM w WHERE k = 1",
			"DELETE FROM t WHERE a = 2", "UPDATE pk SET y = y + 10", "DELETE FROM u", "DELETE FROM t",
		} {
			c.exec(s)
			check()
		}
	}
}

// TestColumnsAreNamedAsBySQLite compares names and types with those of CREATE TABLE AS.
func TestColumnsAreNamedAsBySQLite(t *testing.T) {
	c := openCatalog(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, Aa TEXT, b)", "CREATE TABLE u(id, b, \"x:1\")")
	for _, query := range []string{
		"SELECT * FROM t, u", "SELECT aa, AA, t.Aa, (aa) FROM t", "SELECT id, id, id, id FROM t",
		"SELECT b AS x, id AS x, \"x:1\" FROM u", "SELECT aa||'x' , count( * ) FROM t GROUP BY 1",
		"SELECT * FROM (SELECT id, id, b+1 FROM t)", "SELECT t.*, t.* FROM t", "SELECT rowid FROM t", "SELECT 1 AS \"a b\", 'x' FROM t",
	} {
		p, err := New(c, "main", "v", query, nil)
		require.NoError(t, err, query)
		c.exec("CREATE TABLE made AS " + query)
		var want, got []string
		for _, r := range c.query("SELECT name FROM pragma_table_info('made')") {
			want = append(want, r[0].(string))
		}
		for _, col := range p.Columns {
			got = append(got, col.Name)
		}
		c.exec("DROP TABLE made")
		require.Equal(t, want, got, query)
	}
	p, err := New(c, "main", "v", "SELECT id, b FROM t", []string{"x", "X"})
	require.NoError(t, err)
	require.Equal(t, []string{"x", "X:1"}, []string{p.Columns[0].Name, p.Columns[1].Name})
}
