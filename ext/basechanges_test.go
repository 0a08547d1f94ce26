package ext_test

import (
	"context"
	"database/sql/driver"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
)

// TestBaseChanges: what happens to a base table makes the views on it right, or stale with the cure, and REFRESH mends
// what can be mended.
func TestBaseChanges(t *testing.T) {
	const recreate = `CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL)`
	for name, x := range map[string]struct {
		change string
		stale  string // what reading says, "" when the views stay right
		mended bool   // by REFRESH
		after  string // what makes REFRESH possible
	}{
		"dropped":             {"DROP TABLE orders", "orders", false, ""},
		"dropped, then made":  {"DROP TABLE orders", "orders", true, recreate},
		"recreated":           {"DROP TABLE orders; " + recreate, "orders", true, ""},
		"recreated with rows": {"DROP TABLE orders; " + recreate + "; INSERT INTO orders VALUES(1, 2, 'q', 50)", "orders", true, ""},
		"the usual recipe": {`CREATE TABLE new(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL, more); INSERT INTO new SELECT *, 1 FROM orders;
			DROP TABLE orders; ALTER TABLE new RENAME TO orders`, "orders", true, ""},
		"renamed":                {"ALTER TABLE orders RENAME TO sales", "orders", true, "ALTER TABLE sales RENAME TO orders"},
		"column renamed":         {"ALTER TABLE orders RENAME COLUMN amount TO price", "amount", true, "ALTER TABLE orders RENAME COLUMN price TO amount"},
		"unused column renamed":  {"ALTER TABLE customers ADD COLUMN note; ALTER TABLE customers RENAME COLUMN note TO remark", "", true, ""},
		"column added":           {"ALTER TABLE orders ADD COLUMN note DEFAULT 7", "", true, ""},
		"replaced by a view":     {"DROP TABLE orders; CREATE VIEW orders AS SELECT 1 AS id, 2 AS customer, 'r' AS region, 3.0 AS amount", "orders", false, "DROP VIEW orders"},
		"another type":           {"DROP TABLE orders; CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount INTEGER)", "orders", false, ""},
		"another collation":      {"DROP TABLE orders; CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT COLLATE NOCASE, amount REAL)", "orders", false, ""},
		"without rowid":          {"DROP TABLE orders; CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL) WITHOUT ROWID", "orders", true, ""},
		"index dropped and made": {"CREATE UNIQUE INDEX u ON customers(segment, id); DROP INDEX u; CREATE INDEX u ON orders(customer)", "", true, ""},
		"a trigger of ours gone": {"DROP TRIGGER __internal_dbsp_on_au_orders", "orders", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, second := range []bool{false, true} {
				f := file(t)
				s := connect(t, f)
				s.run(orders + orderViews)
				reader := s
				if second {
					reader = connect(t, f)
					reader.right()
				}
				s.run(x.change)
				if x.stale == "" {
					reader.right()
				} else {
					for _, v := range []string{"regions", "large", "segments", "sizes"} {
						reader.refuses("SELECT * FROM "+v, "stale")
						reader.refuses("SELECT * FROM "+v, x.stale)
						reader.refuses("SELECT * FROM "+v, "REFRESH MATERIALIZED VIEW "+v)
						reader.refuses("SELECT * FROM mv_check('"+v+"')", "stale")
					}
					require.Contains(t, strings.Join(reader.ask("SELECT name, state FROM mv_views"), ","), "stale")
				}
				if x.after != "" {
					reader.run(x.after)
				}
				for _, v := range []string{"regions", "large", "segments", "sizes"} {
					if x.mended {
						reader.run("REFRESH MATERIALIZED VIEW " + v)
						continue
					}
					_, err := reader.ExecContext(t.Context(), "REFRESH MATERIALIZED VIEW "+v)
					if err == nil {
						continue // does not depend on what changed
					}
					reader.refuses("SELECT * FROM "+v, "stale")
				}
				if !x.mended {
					for _, v := range []string{"sizes", "regions", "large", "segments"} {
						s.run("DROP MATERIALIZED VIEW " + v)
					}
					s.run("DELETE FROM customers")
					continue
				}
				reader.right()
				s.run("INSERT INTO orders(id, customer, region, amount) VALUES(91, 1, 'again', 6), (92, 2, 'n', 7); UPDATE customers SET segment = segment || '+'; DELETE FROM orders WHERE region = 's'")
				s.right()
				reader.right()
			}
		})
	}
}

// TestParentDropped: DROP TABLE of a foreign-key parent deletes rows of the base without firing triggers.
func TestParentDropped(t *testing.T) {
	for _, action := range []string{"CASCADE", "SET NULL", "SET DEFAULT"} {
		s := connect(t, file(t, "foreign_keys(1)"))
		s.run(`CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE ` + action + ` ON UPDATE CASCADE);
			INSERT INTO p VALUES(1), (2); INSERT INTO c(p) VALUES(1), (1), (2);
			CREATE MATERIALIZED VIEW v AS SELECT p, count(*) AS n FROM c GROUP BY p`)
		s.run("DELETE FROM p WHERE id = 1; UPDATE p SET id = 5 WHERE id = 2")
		s.right()
		s.run("DROP TABLE p")
		s.refuses("SELECT * FROM v", "stale")
		s.refuses("SELECT * FROM v", "p")
		s.run("CREATE TABLE p(id INTEGER PRIMARY KEY)")
		s.run("REFRESH MATERIALIZED VIEW v")
		s.right()
	}
}

// TestUniqueKeyAfterwards: a key that is made later can be replaced on as well, in the same transaction too.
func TestUniqueKeyAfterwards(t *testing.T) {
	for _, script := range []string{
		"CREATE UNIQUE INDEX u ON c(b); INSERT OR REPLACE INTO c VALUES(9, 1, 2)",
		"BEGIN; CREATE UNIQUE INDEX u ON c(b); INSERT OR REPLACE INTO c VALUES(9, 1, 2); COMMIT",
		"BEGIN; CREATE UNIQUE INDEX u ON c(b); UPDATE OR REPLACE c SET b = 2 WHERE id = 1; SAVEPOINT s; INSERT OR REPLACE INTO c VALUES(9, 1, 3); ROLLBACK TO s; COMMIT",
		"BEGIN; CREATE UNIQUE INDEX u ON c(b); ROLLBACK; INSERT OR REPLACE INTO c VALUES(9, 1, 2)",
		"CREATE UNIQUE INDEX u ON c(a || b) WHERE a > 0; REPLACE INTO c VALUES(9, 1, 1)",
	} {
		for _, views := range []string{"SELECT b, count(*) AS n FROM c GROUP BY b", "SELECT * FROM c", "SELECT a FROM c"} {
			s := connect(t, file(t))
			s.run("CREATE TABLE c(id INTEGER PRIMARY KEY, a, b); INSERT INTO c VALUES(1, 1, 1), (2, 1, 2), (3, 1, 3); CREATE MATERIALIZED VIEW v AS " + views)
			s.run(script)
			s.right()
			s.run("INSERT OR REPLACE INTO c VALUES(20, 1, 1), (21, 1, 2), (22, 1, 2); UPDATE OR REPLACE c SET b = 7, a = 7")
			s.right()
		}
	}
}

// TestStockConnection: sqlite3 without the extension opens the file, reads it, and is refused where it would make a view
// wrong, with the cure in the message.
func TestStockConnection(t *testing.T) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("there is no sqlite3 shell on this machine")
	}
	path := filepath.Join(t.TempDir(), "test.db")
	s := connect(t, dsn(path))
	s.run(orders + orderViews + "; CREATE TABLE free(a); INSERT INTO free VALUES(1)")
	stock := func(text string) (string, error) {
		out, err := exec.Command(shell, "-batch", path, text).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	for _, statement := range []string{"INSERT INTO orders(region) VALUES('x')", "UPDATE orders SET amount = 1", "DELETE FROM orders WHERE id = 1",
		"INSERT OR REPLACE INTO orders(id) VALUES(1)", "DELETE FROM customers", "SELECT * FROM regions"} {
		out, err := stock(statement)
		require.Error(t, err, statement)
		if statement == "SELECT * FROM regions" {
			require.Contains(t, out, "no such module: materialized_view")
			continue
		}
		require.Regexp(t, "no such (module|function): sqlite_mv_extension_required_to_write_tables_with_materialized_views", out, statement)
	}
	for statement, want := range map[string]string{
		"SELECT count(*) FROM orders": "5", "INSERT INTO free VALUES(2); SELECT count(*) FROM free": "2", "PRAGMA integrity_check": "ok",
		"SELECT region, n FROM __internal_dbsp_state_out_regions WHERE region = 'n'": "n|2", "CREATE TABLE another(a); SELECT 1": "1",
	} {
		out, err := stock(statement)
		require.NoError(t, err, out)
		require.Equal(t, want, out)
	}
	s.right()
	out, err := stock(".dump")
	require.NoError(t, err, out)
	require.Contains(t, out, "CREATE TABLE orders")
	// Where it drops the base all the same, views say that they are stale.
	if _, err := stock("DROP TABLE orders"); err == nil {
		s.refuses("SELECT * FROM regions", "stale")
	}
}

func init() {
	sqlite.MustRegisterDeterministicScalarFunction("half", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if n, ok := args[0].(float64); ok {
			return n / 2, nil
		}
		return nil, nil
	})
}

// registerHalf registers half() where functions belong to a connection.
func registerHalf(conn any) error {
	if c, ok := conn.(interface {
		RegisterFunc(name string, impl any, pure bool) error
	}); ok {
		return c.RegisterFunc("half", func(v float64) float64 { return v / 2 }, true)
	}
	return nil
}

// TestMissingFunction: a connection without a function that a view uses writes the base all the same, and the view is
// stale, not wrong, until someone who has the function refreshes it.
func TestMissingFunction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := connect(t, dsn(path))
	s.run(orders + orderViews + "; CREATE MATERIALIZED VIEW halves AS SELECT id, half(amount) AS h FROM orders")
	s.right()
	// A process without it is another program: here, one in which the view's text names another function.
	s.run("UPDATE __internal_dbsp_views SET sql = replace(sql, 'half(', 'quarter('), resolved = replace(resolved, 'half(', 'quarter(') WHERE name = 'halves'")
	other := connect(t, dsn(path))
	other.run("INSERT INTO orders(customer, region, amount) VALUES(1, 'n', 8)")
	other.refuses("SELECT * FROM halves", "quarter")
	other.refuses("SELECT * FROM mv_check('halves')", "quarter")
	require.NotEmpty(t, other.ask("SELECT * FROM regions WHERE region = 'n'"))
	require.NotEmpty(t, other.ask("SELECT name, state FROM mv_views"))
	again := connect(t, dsn(path))
	again.run("UPDATE __internal_dbsp_views SET sql = replace(sql, 'quarter(', 'half('), resolved = replace(resolved, 'quarter(', 'half(') WHERE name = 'halves'")
	fresh := connect(t, dsn(path))
	fresh.run("REFRESH MATERIALIZED VIEW halves")
	fresh.right()
	fresh.run("UPDATE orders SET amount = amount + 2")
	fresh.right()
}

// TestCancelled: a statement that a context cuts short leaves the transaction in order.
func TestCancelled(t *testing.T) {
	const rows = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT i %% 4, 'c' || i %% 1000, i FROM n"
	for _, in := range []string{"autocommit", "rollback", "savepoint", "commit", "begintx", "savepoint, bounded", "commit, bounded"} {
		if testing.Short() && !strings.HasPrefix(in, "savepoint") {
			continue
		}
		t.Run(in, func(t *testing.T) {
			in, bounded := strings.CutSuffix(in, ", bounded")
			if bounded {
				bound(t, 10000, 10000) // state is written while statements are stepped
			}
			s := connect(t, file(t))
			s.run(orders + orderViews)
			before := s.ask("SELECT count(*), total(amount) FROM orders")
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
			defer cancel()
			statement := "INSERT INTO orders(customer, region, amount) " + strings.ReplaceAll(rows, "%%", "%")
			if in == "begintx" {
				tx, err := s.BeginTx(ctx, nil)
				require.NoError(t, err)
				_, err = tx.ExecContext(ctx, statement)
				require.Error(t, err)
				_ = tx.Rollback()
				require.Equal(t, before, s.ask("SELECT count(*), total(amount) FROM orders"))
				s.right()
				return
			}
			if in != "autocommit" {
				s.run("BEGIN; UPDATE orders SET amount = amount + 1; SAVEPOINT s")
			}
			_, err := s.ExecContext(ctx, statement)
			require.Error(t, err)
			s.right()
			switch in {
			case "rollback":
				_, _ = s.ExecContext(t.Context(), "ROLLBACK") // SQLite may have done so itself
			case "savepoint":
				if _, err := s.ExecContext(t.Context(), "ROLLBACK TO s"); err == nil {
					s.right()
					s.run("COMMIT")
				}
			case "commit":
				_, _ = s.ExecContext(t.Context(), "COMMIT")
			}
			s.right()
			s.run("DELETE FROM orders WHERE id = 2")
			s.right()

			// Reading a view and committing are cut short as well.
			s.run("BEGIN; INSERT INTO orders(customer, region, amount) " + strings.ReplaceAll(strings.ReplaceAll(rows, "%%", "%"), "3000000", "60000"))
			ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			_, _ = s.ExecContext(ctx, "SELECT count(*) FROM segments")
			s.right()
			ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			_, err = s.ExecContext(ctx, "COMMIT")
			s.right()
			if err != nil {
				_, _ = s.ExecContext(t.Context(), "ROLLBACK")
			}
			s.right()
		})
	}
}

// TestVacuum: VACUUM in place and into another file keeps views right.
func TestVacuum(t *testing.T) {
	for _, journal := range journals {
		dir := t.TempDir()
		s := connect(t, dsn(filepath.Join(dir, "a.db"), journal))
		s.run(orders + "CREATE TABLE nokey(a, b UNIQUE); INSERT INTO nokey VALUES(1, 1), (2, 2), (3, 3); DELETE FROM nokey WHERE a = 1;" + orderViews +
			"; CREATE MATERIALIZED VIEW n AS SELECT a, b FROM nokey; CREATE INDEX i ON n(b)")
		other := connect(t, dsn(filepath.Join(dir, "a.db")))
		other.right()
		for range 2 {
			s.run("VACUUM")
			s.right()
			other.right()
			other.run("INSERT OR REPLACE INTO nokey VALUES(7, 2), (8, 9); DELETE FROM orders WHERE id = 1; INSERT INTO orders(region) VALUES('v')")
			s.run("UPDATE nokey SET a = a + 1")
			s.right()
			other.right()
			other.run("VACUUM")
		}
		s.run("VACUUM INTO ?", filepath.Join(dir, "copy.db"))
		c := connect(t, dsn(filepath.Join(dir, "copy.db")))
		c.right()
		c.run("DELETE FROM nokey WHERE b = 9; UPDATE orders SET amount = 1")
		c.right()
		s.right()
	}
}
