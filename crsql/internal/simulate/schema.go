package simulate

import "fmt"

// memo makes a table that peers also drop and make again.
const memo = "CREATE TABLE memo(id INTEGER PRIMARY KEY NOT NULL, text)"

// migrations bring a file from one version of the schema to the next.
var migrations = [][]string{
	{
		"CREATE TABLE customer(id INTEGER PRIMARY KEY NOT NULL, name TEXT, region TEXT DEFAULT 'north')",
		"CREATE TABLE orders(id TEXT PRIMARY KEY NOT NULL, customer INTEGER, amount INTEGER NOT NULL DEFAULT 0, state TEXT)",
		"CREATE TABLE line(order_id TEXT NOT NULL, n INTEGER NOT NULL, product BLOB, quantity INTEGER DEFAULT 1, " +
			"PRIMARY KEY(order_id, n)) WITHOUT ROWID",
		"CREATE TABLE tag(kind TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(kind, id))",
		"CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, kind TEXT, amount INTEGER)", memo,
		"SELECT crsql_as_log('events')", "SELECT crsql_as_crr('memo')", "SELECT crsql_as_crr('customer')", "SELECT crsql_as_crr('orders')", "SELECT crsql_as_crr('line')", "SELECT crsql_as_crr('tag')",
		view("lines"), view("totals"), view("quiet"), view("buyers"), view("idle"), view("tagged"),
		view("sales"),
	},
	{"SELECT crsql_begin_alter('orders')", "ALTER TABLE orders ADD COLUMN note TEXT", "SELECT crsql_commit_alter('orders')"},
	{"SELECT crsql_begin_alter('line')", "ALTER TABLE line ADD COLUMN price INTEGER NOT NULL DEFAULT 3",
		"SELECT crsql_commit_alter('line')", view("values")},
	{"CREATE TABLE stock(product BLOB PRIMARY KEY NOT NULL, n INTEGER, place TEXT DEFAULT 'shelf')", "SELECT crsql_as_crr('stock')",
		view("short")},
	{"SELECT crsql_begin_alter('customer')", "ALTER TABLE customer ADD COLUMN vip DEFAULT 0", "SELECT crsql_commit_alter('customer')"},
	{"SELECT crsql_begin_alter('orders')", "ALTER TABLE orders DROP COLUMN state", "SELECT crsql_commit_alter('orders')"},
}

// views are SELECTs by the names of their views, and since says which version of the schema brings one.
var views = map[string]struct {
	since int
	query string
}{
	"lines": {1, "SELECT o.id, o.amount, c.region, l.n, l.quantity FROM orders o JOIN customer c ON c.id = o.customer " +
		"JOIN line l ON l.order_id = o.id"},
	"totals": {1, "SELECT c.region, count(*) AS n, sum(o.amount) AS amount, min(o.amount) AS low, max(o.amount) AS high " +
		"FROM orders o JOIN customer c ON c.id = o.customer GROUP BY c.region"},
	"quiet":  {1, "SELECT c.id, c.name, count(o.id) AS n FROM customer c LEFT JOIN orders o ON o.customer = c.id GROUP BY c.id, c.name"},
	"buyers": {1, "SELECT c.id, c.name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.amount > 4)"},
	"idle":   {1, "SELECT c.id FROM customer c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id)"},
	"tagged": {1, "SELECT kind, count(*) AS n, sum(id) AS ids FROM tag GROUP BY kind HAVING count(*) > 1"},
	"sales":  {1, "SELECT kind, count(*) AS n, sum(amount) AS amount, max(id) AS last FROM events GROUP BY kind"},
	"values": {3, "SELECT order_id, sum(quantity * price) AS value FROM line GROUP BY order_id"},
	"short": {4, "SELECT s.product, s.n, (SELECT sum(l.quantity) FROM line l WHERE l.product = s.product) AS sold FROM stock s " +
		"WHERE s.n < 5"},
}

func view(name string) string {
	return fmt.Sprintf("CREATE MATERIALIZED VIEW v_%s AS %s", name, views[name].query)
}

// tables are the replicated tables of a version.
func tables(version int) []string {
	t := []string{"customer", "orders", "line", "tag", "events", "memo"}
	if version >= 4 {
		t = append(t, "stock")
	}
	return t
}

// migrate takes the next migration.
func (p *peer) migrate() error {
	for _, text := range migrations[p.version] {
		if err := p.Exec(text); err != nil {
			return fmt.Errorf("%v: %s: %w", p, text, err)
		}
	}
	p.version++
	return p.Exec(fmt.Sprintf("PRAGMA user_version = %d", p.version))
}

func (w *world) migrate() error {
	p := w.any()
	if p.version == len(migrations) {
		return nil
	}
	w.trace("%v migrates to %d", p, p.version+1)
	w.report.Migrated++
	return p.migrate()
}

// remake has a peer drop a table and make it again; peers fill it.
func (w *world) remake() error {
	p := w.any()
	w.trace("%v drops memo", p)
	for _, text := range []string{"DROP TABLE memo", memo, "SELECT crsql_as_crr('memo')"} {
		if err := p.Exec(text); err != nil {
			return fmt.Errorf("%v: %s: %w", p, text, err)
		}
	}
	return nil
}
