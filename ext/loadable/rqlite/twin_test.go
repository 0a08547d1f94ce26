package rqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the one that rqlite links
)

// tables is the schema without its views.
var tables = []string{
	`CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, tier TEXT)`,
	`CREATE TABLE orders(id INTEGER PRIMARY KEY, code TEXT UNIQUE, region TEXT, customer INTEGER, amount INTEGER, price REAL,
	  CHECK (amount < 1000000))`,
	`CREATE TABLE items(id INTEGER PRIMARY KEY, orders INTEGER REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE,
	  sku TEXT, n INTEGER)`,
	`CREATE INDEX items_orders ON items(orders)`,
	`CREATE TABLE ledger(client INTEGER, epoch INTEGER, seq INTEGER, kind TEXT, amount INTEGER,
	  PRIMARY KEY(client, epoch, seq)) WITHOUT ROWID`,
}

// view is a view of the test: its query, and its columns. Of a group by a NOCASE column any spelling may show.
type view struct{ name, query, columns string }

var views = []view{
	{"by_region", `SELECT region, count(*) AS n, sum(amount) AS total, min(amount) AS least, max(amount) AS most,
	  avg(price) AS price FROM orders GROUP BY region`, "region, n, total, least, most, price"},
	{"by_customer", `SELECT c.name AS name, c.tier AS tier, count(*) AS n, sum(o.amount) AS total
	  FROM orders o JOIN customers c ON c.id = o.customer GROUP BY c.name, c.tier`, "lower(name), tier, n, total"},
	{"by_tier", `SELECT tier, count(*) AS names, sum(n) AS n, sum(total) AS total FROM by_customer GROUP BY tier`,
		"tier, names, n, total"},
	{"large", `SELECT o.id AS id, c.name AS name, o.amount AS amount, upper(o.code) AS code
	  FROM orders o JOIN customers c ON c.id = o.customer WHERE o.amount > 500`, "id, name, amount, code"},
	{"places", `SELECT DISTINCT region, customer FROM orders`, "region, customer"},
	{"by_sku", `SELECT i.sku AS sku, o.region AS region, sum(i.n) AS n, count(DISTINCT o.customer) AS customers
	  FROM items i JOIN orders o ON o.id = i.orders GROUP BY i.sku, o.region`, "sku, region, n, customers"},
	{"book", `SELECT client, kind, count(*) AS n, sum(amount) AS total FROM ledger GROUP BY client, kind`,
		"client, kind, n, total"},
	{"numbers", `SELECT 'order' AS what, amount FROM orders UNION ALL SELECT 'item', n FROM items`, "what, amount"},
}

// quoted returns the query of one column that shows columns of a source with their types, ordered.
func quoted(columns, source string) string {
	var parts []string
	for c := range strings.SplitSeq(columns, ", ") {
		parts = append(parts, "quote("+c+")")
	}
	return "SELECT " + strings.Join(parts, " || '|' || ") + " AS line FROM " + source + " ORDER BY 1"
}

// contents are the queries that show all tables.
var contents = []string{
	quoted("id, name, tier", "customers"),
	quoted("id, code, region, customer, amount, price", "orders"),
	quoted("id, orders, sku, n", "items"),
	quoted("client, epoch, seq, kind, amount", "ledger"),
}

// twin is what the nodes should hold: stock SQLite with plain views, that gets each acknowledged write.
type twin struct {
	t  *testing.T
	mu sync.Mutex
	db *sql.DB
}

func openTwin(t *testing.T, file string) *twin {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?_fk=1&_sync=0")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return &twin{t: t, db: db}
}

func newTwin(t *testing.T) *twin {
	t.Helper()
	w := openTwin(t, filepath.Join(t.TempDir(), "twin.db"))
	for _, s := range tables {
		w.exec(s)
	}
	for _, v := range views {
		w.exec("CREATE VIEW " + v.name + " AS " + v.query)
	}
	return w
}

func (w *twin) exec(text string) {
	w.t.Helper()
	if _, err := w.db.Exec(text); err != nil {
		w.t.Fatal(err)
	}
}

// copied returns a copy of the twin.
func (w *twin) copied() *twin {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "copy.db")
	w.exec("VACUUM INTO '" + file + "'")
	return openTwin(w.t, file)
}

// apply runs a write that was acknowledged, and returns how many rows each statement affected.
func (w *twin) apply(wr write) ([]int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tx, err := w.db.Begin()
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var affected []int64
	for _, s := range wr.statements {
		r, err := tx.Exec(s[0].(string), s[1:]...)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", s, err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return nil, err
		}
		affected = append(affected, n)
	}
	return affected, tx.Commit()
}

// lines runs a query of one column of text.
func (w *twin) lines(query string) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rows, err := w.db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// differ tells where two lists of ordered lines differ.
func differ(got, want []string) string {
	if slices.Equal(got, want) {
		return ""
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%d rows and %d, at row %d: %s, want %s", len(got), len(want), i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d rows, want %d", len(got), len(want))
}
