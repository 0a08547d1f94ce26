package planner

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var explainSchema = []string{
	"CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, region TEXT, amount INTEGER, day DATETIME)",
	"CREATE TABLE customers(id INTEGER PRIMARY KEY, segment VARCHAR(10), name TEXT COLLATE NOCASE)",
	"CREATE TABLE lines(orderid INTEGER, no INTEGER, item TEXT, qty INTEGER, PRIMARY KEY(orderid, no)) WITHOUT ROWID",
	"CREATE TABLE items(item TEXT UNIQUE, price)",
	"CREATE TABLE mv(region TEXT, total)",
	"CREATE INDEX orders_customer ON orders(customer)",
	"CREATE VIEW big AS SELECT *, amount * 2 AS twice FROM orders WHERE amount > 100",
}

// TestExplain holds the trees of a list of queries against golden files.
func TestExplain(t *testing.T) {
	c := openCatalog(t, explainSchema...)
	c.materialized["mv"] = true
	for name, query := range map[string]string{
		"projection":       "SELECT id, amount * 2 AS twice FROM orders WHERE region = 'n' AND amount > 3",
		"plain_columns":    "SELECT region, id, region FROM orders ORDER BY id",
		"group_by":         "SELECT region, count(*), sum(amount), avg(amount) FROM orders GROUP BY region",
		"group_by_expr":    "SELECT strftime('%Y', day) AS y, max(amount) FROM orders GROUP BY y HAVING count(*) > 2",
		"global":           "SELECT count(*), total(amount) FILTER (WHERE region = 'n') FROM orders",
		"distinct":         "SELECT DISTINCT name, segment FROM customers",
		"count_distinct":   "SELECT region, count(DISTINCT customer) FROM orders GROUP BY region",
		"nocase_group":     "SELECT name, count(*) FROM customers GROUP BY name",
		"join":             "SELECT segment, sum(amount) FROM orders o JOIN customers c ON o.customer = c.id GROUP BY segment",
		"join_filter":      "SELECT o.id FROM orders o, customers c WHERE o.customer = c.id AND c.segment = 'x' AND o.amount < length(c.name)",
		"join_many":        "SELECT name, item, qty * price AS cost FROM customers JOIN orders ON customers.id = orders.customer JOIN lines ON orderid = orders.id NATURAL JOIN items",
		"join_reordered":   "SELECT a.id FROM orders a, customers b, lines l WHERE a.id = l.orderid AND l.no = b.id",
		"join_subtle":      "SELECT o.id FROM orders o JOIN items i ON o.amount = i.price",
		"join_advice":      "SELECT o.id, m.total FROM orders o JOIN mv m USING (region)",
		"self_join":        "SELECT a.id, b.id FROM orders a JOIN orders b ON a.customer = b.customer AND a.id < b.id",
		"cross":            "SELECT o.id, c.id FROM orders o CROSS JOIN customers c",
		"union_all":        "SELECT region AS r FROM orders UNION ALL SELECT segment FROM customers",
		"cte_twice":        "WITH s AS (SELECT region, sum(amount) AS total FROM orders GROUP BY region) SELECT a.region, b.total FROM s a JOIN s b ON a.total = b.total",
		"aggregate_twice":  "SELECT max(total) FROM (SELECT region, sum(amount) AS total FROM orders GROUP BY region)",
		"plain_view":       "SELECT region, sum(twice) FROM big GROUP BY region",
		"view_on_view":     "SELECT total, count(*) FROM mv GROUP BY total",
		"join_of_groups":   "SELECT region, s, total FROM (SELECT region, sum(amount) AS s FROM orders GROUP BY region) JOIN mv USING (region)",
		"having_key_shown": "SELECT sum(amount) + 1 AS s, region FROM orders GROUP BY region HAVING sum(amount) > 0",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(c, "main", "v", query, nil)
			require.NoError(t, err)
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n\n%s\n", query, p.Explain())
			for _, col := range p.Columns {
				fmt.Fprintf(&b, "column %q %q affinity %d collate %s\n", col.Name, col.DeclType, col.Affinity, col.Collation)
			}
			if p.Keyed {
				fmt.Fprintln(&b, "keyed by columns", p.KeyColumns, p.KeyCollations)
			}
			for _, s := range p.StepOrder {
				fmt.Fprintln(&b, "step", p.Sources[s].Table.Name, p.Sources[s].Columns)
			}
			path := filepath.Join("testdata", "explain", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), b.String())
		})
	}
}

func TestMermaid(t *testing.T) {
	c := openCatalog(t, explainSchema...)
	p, err := New(c, "main", "v", `SELECT a.id FROM orders a JOIN orders b ON a.id = b.customer WHERE a.region <> '"x"'`, nil)
	require.NoError(t, err)
	m := p.Explain().Mermaid()
	require.True(t, strings.HasPrefix(m, "flowchart BT\n"), m)
	require.Contains(t, m, "&quot;x&quot;")
	require.Contains(t, m, "<br>right side kept")
	nodes, edges := p.Explain().Graph()
	require.Len(t, nodes, len(p.nodes))
	feeds := 0
	for _, n := range p.nodes {
		feeds += len(n.Inputs())
	}
	require.Len(t, edges, feeds)
}

// TestPlanIsDeterministic plans twice and expects the same operators under the same ids.
func TestPlanIsDeterministic(t *testing.T) {
	c := openCatalog(t, explainSchema...)
	const q = "WITH s AS (SELECT region, customer, sum(amount) AS x, max(day) AS y FROM orders GROUP BY 1, 2) " +
		"SELECT s.*, c.*, l.* FROM s JOIN customers c ON c.id = s.customer JOIN lines l ON l.item = c.name AND l.qty = s.x"
	first, err := New(c, "main", "v", q, nil)
	require.NoError(t, err)
	for range 5 {
		again, err := New(c, "main", "v", q, nil)
		require.NoError(t, err)
		require.Equal(t, first.Fingerprint, again.Fingerprint)
		require.Equal(t, first.Explain(), again.Explain())
	}
	other, err := New(c, "main", "v", strings.Replace(q, "sum(amount)", "sum(amount + 1)", 1), nil)
	require.NoError(t, err)
	require.NotEqual(t, first.Fingerprint, other.Fingerprint)
}
