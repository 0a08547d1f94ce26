package drivertest

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	mvdriver "github.com/sqlite-mv/sqlite-mv/ext/driver"
)

const orders = `CREATE TABLE orders(id INTEGER PRIMARY KEY, region TEXT, amount INTEGER, at DATETIME);
	INSERT INTO orders VALUES(1, 'east', 10, '2024-01-01 10:00:00'), (2, 'west', 20, '2024-01-02 10:00:00'), (3, 'east', 5, NULL);`

const byRegion = `SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region`

// same requires that the view shows what its definition says now.
func same(t testing.TB, r runner, view, definition string) {
	t.Helper()
	require.ElementsMatch(t, ask(t, r, definition), ask(t, r, "SELECT * FROM "+view))
}

func testViewInTransactions(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, orders)
	run(t, db, "CREATE MATERIALIZED VIEW v AS "+byRegion)
	same(t, db, "v", byRegion)

	tx, err := db.Begin()
	require.NoError(t, err)
	r := run(t, tx, "INSERT INTO orders(id, region, amount) VALUES(77, 'north', 1), (78, 'north', 2)")
	id, err := r.LastInsertId()
	require.NoError(t, err)
	n, err := r.RowsAffected()
	require.NoError(t, err)
	require.Equal(t, []int64{78, 2}, []int64{id, n}, "the engine's own writes don't show")
	require.Equal(t, [][]any{{"north", int64(2), int64(3)}}, ask(t, tx, "SELECT * FROM v WHERE region = 'north'"))
	same(t, tx, "v", byRegion)
	require.NoError(t, tx.Rollback())
	require.Empty(t, ask(t, db, "SELECT * FROM v WHERE region = 'north'"))
	same(t, db, "v", byRegion)

	r = run(t, db, "UPDATE orders SET amount = amount + 1 WHERE region = ?", "east")
	n, err = r.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	same(t, db, "v", byRegion)

	tx, err = db.Begin()
	require.NoError(t, err)
	run(t, tx, "CREATE MATERIALIZED VIEW w AS SELECT * FROM orders; DROP MATERIALIZED VIEW v")
	require.NoError(t, tx.Rollback())
	same(t, db, "v", byRegion)
	_, err = db.Exec("SELECT * FROM w")
	require.ErrorContains(t, err, "no such table: w")
}

func testStatementsBetweenOthers(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+`
		-- CREATE MATERIALIZED VIEW no AS SELECT 1;
		CREATE TABLE log(line);
		CREATE TRIGGER audit AFTER INSERT ON orders BEGIN
			INSERT INTO log VALUES('; CREATE MATERIALIZED VIEW no AS SELECT 1;' || new.id); -- END;
			SELECT CASE WHEN new.id > 0 THEN 1 END; /* DROP MATERIALIZED VIEW v; */
		END;
		/* now */ CREATE /* the */ MATERIALIZED -- view;
		VIEW IF NOT EXISTS v AS -- its SELECT
			`+byRegion+` -- by region;
		;
		INSERT INTO orders(region, amount) VALUES (?1, 8), (?1, 9);
		CREATE MATERIALIZED VIEW w(r, big) AS SELECT region, total > 20 FROM v;
		REFRESH MATERIALIZED VIEW v`, "south")
	same(t, db, "v", byRegion)
	same(t, db, "w", "SELECT region, total > 20 FROM ("+byRegion+")")
	require.Equal(t, [][]any{{int64(2)}}, ask(t, db, "SELECT count(*) FROM log WHERE line LIKE '; CREATE MATERIALIZED VIEW no AS SELECT 1;%'"))

	args := []any{"north"}
	if subject.Sequential {
		args = append(args, "north")
	}
	got := ask(t, db, "INSERT INTO orders(region, amount) VALUES(?1, 1); REFRESH MATERIALIZED VIEW v; SELECT n FROM v WHERE region = ?1", args...)
	require.Equal(t, [][]any{{int64(1)}}, got)
	got = ask(t, db, "DROP MATERIALIZED VIEW w; DROP MATERIALIZED VIEW v; SELECT count(*) FROM sqlite_master WHERE name IN ('v', 'w')")
	require.Equal(t, [][]any{{int64(0)}}, got)
}

func testPreparedStatements(t *testing.T) {
	db := open(t, "")
	run(t, db, orders)
	prepare := func(text string) *sql.Stmt {
		s, err := db.Prepare(text)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	create := prepare("CREATE MATERIALIZED VIEW v AS " + byRegion)
	refresh, drop := prepare("REFRESH MATERIALIZED VIEW v"), prepare("DROP MATERIALIZED VIEW v")
	explain := prepare("EXPLAIN MATERIALIZED VIEW v")
	for range 2 {
		_, err := create.Exec()
		require.NoError(t, err)
		read := prepare("SELECT total FROM v WHERE region = ?")
		for _, want := range []struct {
			region string
			total  int
		}{{"east", 15}, {"west", 20}} {
			var total int
			require.NoError(t, read.QueryRow(want.region).Scan(&total))
			require.Equal(t, want.total, total)
		}
		r, err := refresh.Exec()
		require.NoError(t, err)
		n, err := r.RowsAffected()
		require.NoError(t, err)
		require.Zero(t, n)
		rows, err := explain.Query()
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
		_, err = drop.Exec()
		require.NoError(t, err)
		_, err = refresh.Exec()
		require.ErrorIs(t, err, mvdriver.ErrNoSuchView)
	}
}

func testRefreshLeavesTheLastInsertId(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion+"; INSERT INTO orders(id) VALUES(4711)")
	r := run(t, db, "REFRESH MATERIALIZED VIEW v")
	id, err := r.LastInsertId()
	require.NoError(t, err)
	require.EqualValues(t, 4711, id)
	require.Equal(t, [][]any{{int64(4711)}}, ask(t, db, "SELECT last_insert_rowid()"))
}

func testCreateLeavesTheLastInsertId(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, orders+"INSERT INTO orders(id) VALUES(4711)")
	for _, text := range []string{
		"CREATE MATERIALIZED VIEW v AS " + byRegion, "CREATE INDEX i ON v(n)", "ALTER MATERIALIZED VIEW v RENAME TO w", "DROP MATERIALIZED VIEW w",
	} {
		id, err := run(t, db, text).LastInsertId()
		require.NoError(t, err)
		require.EqualValues(t, 4711, id, text)
	}
}

func testIndexOnView(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+`
		CREATE MATERIALIZED VIEW v AS SELECT id, region, amount FROM orders WHERE amount > 1;
		CREATE INDEX by_amount ON v(amount DESC, region COLLATE NOCASE);
		CREATE INDEX IF NOT EXISTS by_amount ON v(amount);
		CREATE INDEX on_base ON orders(amount);
		INSERT INTO orders(region, amount) VALUES('North', 100)`)
	require.Equal(t, [][]any{{"by_amount", "__internal_dbsp_state_out_v"}, {"on_base", "orders"}},
		ask(t, db, "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY name"))
	require.Equal(t, [][]any{{"North"}}, ask(t, db, "SELECT region FROM v WHERE amount = 100"))
	_, err := db.Exec("CREATE UNIQUE INDEX u ON v(amount)")
	require.ErrorIs(t, err, mvdriver.ErrIndexOnView)
	_, err = db.Exec("CREATE INDEX u ON v(amount + 1)")
	require.ErrorIs(t, err, mvdriver.ErrIndexOnView)
	run(t, db, "DROP INDEX by_amount; DROP MATERIALIZED VIEW v")
}

func testRename(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion+"; CREATE INDEX i ON v(n); ALTER MATERIALIZED VIEW v RENAME TO [w w]")
	_, err := db.Exec("SELECT * FROM v")
	require.ErrorContains(t, err, "no such table")
	run(t, db, "INSERT INTO orders(region, amount) VALUES('east', 3)")
	same(t, db, "[w w]", byRegion)
	run(t, db, `CREATE INDEX j ON "w w"(total); DROP MATERIALIZED VIEW "w w"`)
}

func testSchemas(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, "ATTACH ? AS aux", filepath.Join(t.TempDir(), "aux.db"))
	run(t, db, `CREATE TABLE aux.t(a); CREATE TABLE t(a); CREATE TEMP TABLE u(a);
		CREATE MATERIALIZED VIEW aux.v AS SELECT a, count(*) AS n FROM aux.t GROUP BY a;
		CREATE MATERIALIZED VIEW v AS SELECT max(a) AS m FROM t;
		CREATE TEMP MATERIALIZED VIEW w AS SELECT a FROM u;
		INSERT INTO aux.t VALUES(1), (1); INSERT INTO main.t VALUES(9); INSERT INTO u VALUES(5);
		CREATE INDEX aux.i ON v(n); CREATE INDEX k ON w(a)`)
	require.Equal(t, [][]any{{int64(1), int64(2)}}, ask(t, db, "SELECT * FROM aux.v"))
	require.Equal(t, [][]any{{int64(9)}}, ask(t, db, "SELECT * FROM v"))
	require.Equal(t, [][]any{{int64(5)}}, ask(t, db, "SELECT * FROM temp.w"))
	require.Equal(t, ask(t, db, "SELECT * FROM mv_explain('v', 'aux')"), ask(t, db, "EXPLAIN MATERIALIZED VIEW aux.v"))
	require.Equal(t, ask(t, db, "SELECT * FROM mv_explain('w', 'temp')"), ask(t, db, "EXPLAIN MATERIALIZED VIEW w"))
	run(t, db, "REFRESH MATERIALIZED VIEW aux.v; DROP MATERIALIZED VIEW v; DROP MATERIALIZED VIEW v; DROP MATERIALIZED VIEW w")
	_, err := db.Exec("DROP MATERIALIZED VIEW v")
	require.ErrorIs(t, err, mvdriver.ErrNoSuchView)
}

func testErrorsOfDefinitions(t *testing.T) {
	db := open(t, "")
	run(t, db, orders)
	for _, tc := range []struct{ name, text, want string }{
		{"position", "SELECT 1;\nCREATE MATERIALIZED VIEW v AS\n  SELECT region,\n    random() AS r FROM orders", "line 4, column 5"},
		{"on the first line", "CREATE MATERIALIZED VIEW v AS SELECT region, random() FROM orders", "line 1, column 46"},
		{"with columns", "CREATE MATERIALIZED VIEW v(a, b) AS SELECT region, random() FROM orders", "line 1, column 52"},
		{"parameter", "CREATE MATERIALIZED VIEW v AS SELECT region FROM orders WHERE amount > ?", "parameter"},
		{"syntax", "CREATE MATERIALIZED VIEW v AS SELECT FROM orders", `near "FROM": syntax error`},
		{"no table", "CREATE MATERIALIZED VIEW v AS SELECT a FROM nix", "no such table: nix"},
		{"no column", "CREATE MATERIALIZED VIEW v AS SELECT nix FROM orders", "no such column: nix"},
		{"name taken", "CREATE MATERIALIZED VIEW orders AS SELECT 1", "already"},
		{"no select", "CREATE MATERIALIZED VIEW v AS", "line 1, column 30"},
		{"not a select", "CREATE MATERIALIZED VIEW v AS DELETE FROM orders", "line 1, column 31"},
		{"parenthesis", "CREATE MATERIALIZED VIEW v AS SELECT 1) + (2", `syntax error`},
		{"no parenthesis", "CREATE MATERIALIZED VIEW v AS SELECT (1", `incomplete input`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := db.Exec(tc.text, 1)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, [][]any{{"orders"}}, ask(t, db, "SELECT name FROM sqlite_master"), "nothing is left behind")
			s, err := db.Prepare(tc.text)
			if err == nil {
				_, err = s.Exec(1)
				require.NoError(t, s.Close())
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := db.Exec("CREATE MATERIALIZED VIEW v AS SELECT random() FROM orders")
	require.NotZero(t, subject.Code(err), "the driver's error is kept under the message")

	run(t, db, "CREATE MATERIALIZED VIEW v AS "+byRegion+"; CREATE MATERIALIZED VIEW IF NOT EXISTS v AS "+byRegion)
	_, err = db.Exec("INSERT INTO v VALUES('x', 1, 1)")
	require.ErrorContains(t, err, "cannot modify")
	run(t, db, "DROP TABLE v; DROP MATERIALIZED VIEW IF EXISTS v")
}

func testViewColumnTypes(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS SELECT id, at, amount FROM orders")
	rows, err := db.Query("SELECT at, amount FROM v WHERE id = 1")
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	require.Equal(t, "DATETIME", types[0].DatabaseTypeName())
	require.Equal(t, "INTEGER", types[1].DatabaseTypeName())
	require.True(t, rows.Next())
	var at time.Time
	var n int
	require.NoError(t, rows.Scan(&at, &n))
	require.Equal(t, time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC), at)
}

func testViewWithRegisteredFunctionAndCollation(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS SELECT id, doubled(amount) AS d FROM orders WHERE doubled(amount) > 15")
	run(t, db, "INSERT INTO orders VALUES(9, 'x', 50, NULL)")
	same(t, db, "v", "SELECT id, doubled(amount) FROM orders WHERE doubled(amount) > 15")
	_, err := db.Exec("INSERT INTO orders VALUES(10, 'x', 'no number', NULL)")
	require.NoError(t, err, "a view's trouble is not the table's")
	rows, err := db.Query("SELECT * FROM v")
	if err == nil {
		require.False(t, rows.Next())
		err = rows.Err()
		require.NoError(t, rows.Close())
	}
	require.ErrorContains(t, err, "not an integer")
	run(t, db, "DELETE FROM orders WHERE id = 10")
	same(t, db, "v", "SELECT id, doubled(amount) FROM orders WHERE doubled(amount) > 15")
}

// The stock driver has the engine too, and maintains what ours made.
func testStockDriver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "test.db")
	db := openFile(t, file)
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion)
	stock, err := sql.Open(subject.Stock, file)
	require.NoError(t, err)
	defer stock.Close()
	run(t, stock, "INSERT INTO orders(region, amount) VALUES('east', 1)")
	same(t, stock, "v", byRegion)
	same(t, db, "v", byRegion)
	run(t, stock, "CREATE VIRTUAL TABLE w USING materialized_view(SELECT max(amount) AS m FROM orders)")
	same(t, db, "w", "SELECT max(amount) FROM orders")
	_, err = stock.Exec("DROP MATERIALIZED VIEW w")
	require.ErrorContains(t, err, "syntax error")
	run(t, db, "DROP MATERIALIZED VIEW w")
}

func testExplain(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion)
	plan := ask(t, db, "EXPLAIN MATERIALIZED VIEW v")
	require.NotEmpty(t, plan)
	require.Equal(t, plan, ask(t, db, "SELECT * FROM mv_explain('v')"))
	text := ""
	for _, row := range plan {
		for _, c := range row {
			if s, ok := c.(string); ok {
				text += s + "\n"
			}
		}
	}
	require.Contains(t, strings.ToLower(text), "orders")
	_, err := db.Query("EXPLAIN MATERIALIZED VIEW nix")
	require.ErrorContains(t, err, "no such materialized view: nix")
}
