package ext_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
	"github.com/stretchr/testify/require"
)

// TestAttachedCopy: a copy of the same file under another name, with tables, views and triggers of the same names,
// written in the same transactions as main.
func TestAttachedCopy(t *testing.T) {
	for _, journal := range journals {
		t.Run(journal, func(t *testing.T) {
			dir := t.TempDir()
			s := connect(t, dsn(filepath.Join(dir, "a.db"), journal))
			s.run(orders + orderViews)
			s.run("VACUUM INTO ?", filepath.Join(dir, "b.db"))
			s.run("ATTACH ? AS other", filepath.Join(dir, "b.db"))
			right := func() {
				t.Helper()
				s.right()
				for view, query := range map[string]string{
					"regions":  "SELECT region, count(*) AS n, mv_sum(amount) AS total, max(amount) AS most FROM other.orders GROUP BY region",
					"segments": "SELECT c.segment, count(*) AS n, mv_sum(o.amount) AS total FROM other.orders o JOIN other.customers c ON c.id = o.customer GROUP BY 1",
					"large":    "SELECT id, region, amount FROM other.orders WHERE amount > 5",
					"sizes":    "SELECT n, count(*) AS regions FROM other.regions GROUP BY n",
				} {
					v := oracle.View{Schema: "other", Name: view, Select: query}
					require.NoError(t, oracle.CheckQuery(t.Context(), s.Conn, v, "SELECT * FROM other."+view, query))
				}
			}
			right()
			s.run("INSERT INTO main.orders(customer, region, amount) VALUES(1, 'm', 50)")
			right()
			s.run("INSERT INTO other.orders(customer, region, amount) VALUES(1, 'o', 60)")
			right()
			s.run("BEGIN; INSERT INTO main.orders SELECT id + 100, customer, 'both', amount FROM other.orders; DELETE FROM other.orders WHERE id < 3")
			right()
			s.run("SAVEPOINT s; DELETE FROM main.customers; UPDATE other.customers SET segment = segment || '2'")
			right()
			s.run("ROLLBACK TO s")
			right()
			s.run("INSERT INTO other.orders SELECT id + 200, customer, region, total FROM main.orders, main.regions USING(region)")
			s.run("COMMIT")
			right()
			s.run("BEGIN; DELETE FROM main.orders; INSERT INTO other.customers VALUES(77, 'new')")
			s.run("ROLLBACK")
			right()
			s.run("CREATE TABLE other.things(name); CREATE MATERIALIZED VIEW other.extra AS SELECT name FROM things; INSERT INTO other.things VALUES('newer')")
			require.Contains(t, s.ask("SELECT * FROM other.extra"), "newer")
			s.refuses("SELECT * FROM main.extra", "no such table")
			s.run("DROP MATERIALIZED VIEW other.extra")
			right()
			s.run("DETACH other")
			s.right()
			b := connect(t, dsn(filepath.Join(dir, "b.db")))
			b.right()
			b.run("DELETE FROM orders WHERE id % 2")
			b.right()
		})
	}
}

// TestAttachedViewsRejected: bases and view live in one schema.
func TestAttachedViewsRejected(t *testing.T) {
	s := connect(t, file(t))
	s.run(orders + "ATTACH ':memory:' AS other; CREATE TABLE other.things(a)")
	before := s.schema()
	s.fails("CREATE MATERIALIZED VIEW v AS SELECT a FROM other.things", "schema")
	s.fails("CREATE MATERIALIZED VIEW other.v AS SELECT region FROM main.orders", "schema")
	require.Equal(t, before, s.schema())
}

// TestAttachedCopyInOneTransaction: copies of one file have the same layouts, and a trigger's function does not know whose it
// is; nor does it when one of them is attached while statements on the other are prepared.
func TestAttachedCopyInOneTransaction(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	func() {
		s := connect(t, dsn(path))
		s.run(orders + orderViews)
		s.run("VACUUM INTO ?", copied)
	}()
	s := connect(t, dsn(path))
	const into = "INSERT INTO %s.orders(region, amount) SELECT 'r', value FROM json_each('[1, 2, 3, 4, 5]')"
	check := func() {
		t.Helper()
		s.right()
		require.Equal(t, s.ask("SELECT region, count(*), sum(amount) FROM b.orders GROUP BY region ORDER BY 1"),
			s.ask("SELECT region, n, total FROM b.regions ORDER BY 1"))
	}
	s.run(fmt.Sprintf(into, "main"))
	s.run("ATTACH '" + copied + "' AS b")
	s.run(fmt.Sprintf(into, "main"))
	check()
	s.run("BEGIN")
	for range 3 {
		s.run(fmt.Sprintf(into, "b"))
		s.run(fmt.Sprintf(into, "main"))
		s.run("INSERT OR REPLACE INTO b.orders(id, region) VALUES(1, 'q'), (1000, 'q'), (1000, 'q')")
		check()
	}
	s.run("COMMIT")
	check()
	s.run("DETACH b")
	s.run(fmt.Sprintf(into, "main"))
	s.right()
}
