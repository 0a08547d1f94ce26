package planner

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// corpusSchema is the schema of sqltext's corpus of SELECTs.
var corpusSchema = []string{
	"CREATE TABLE t(a INTEGER, b TEXT, c REAL, d, e TEXT COLLATE NOCASE)", "CREATE INDEX t_a ON t(a)", "CREATE INDEX t_b ON t(b)",
	"CREATE TABLE u(a INTEGER PRIMARY KEY, b TEXT, x, y)",
	"CREATE TABLE w(k TEXT PRIMARY KEY, v, n INTEGER) WITHOUT ROWID",
	`CREATE TABLE "odd table"("a b" TEXT, "order" INT, "größe" REAL, "it's" TEXT, "x""y" INT)`,
	`CREATE TABLE kw(key TEXT, "left" INT, "end" INT, replace INT, "if" INT, first INT, "window" INT, "over" INT, "filter" INT)`,
	"CREATE TABLE größe(länge INT, höhe INT)", "CREATE TABLE doc(id INTEGER PRIMARY KEY, j TEXT)", "CREATE TABLE one_col(a)",
	"CREATE VIRTUAL TABLE fts USING fts5(body)",
	"INSERT INTO t VALUES(1, 'x', 1.5, 1, 'A'), (2, 'y', 2, 'd', 'a'), (3, 'x', NULL, 2.5, 'b'), (NULL, NULL, 0, NULL, NULL), (5, '1', 1, '1', 'x')",
	"INSERT INTO u VALUES(1, 'x', 1, 2), (2, 'z', 'x', NULL), (5, '1', 2, 3)",
	"INSERT INTO w VALUES('x', 1, 1), ('y', 2, NULL), ('1', '1', 3)",
	`INSERT INTO "odd table" VALUES('a', 1, 2.5, 'b', 3)`, "INSERT INTO kw VALUES('a', 1, 2, 3, 4, 5, 6, 7, 8)",
	"INSERT INTO größe VALUES(2, 3)", `INSERT INTO doc VALUES(1, '{"a":1}'), (2, '[1,2]')`, "INSERT INTO one_col VALUES(1), (2)",
}

// TestCorpus plans every SELECT that the parser is tested with: what SQLite compiles is maintained and right, or refused
// by name. The guard must not take fright at any of it.
func TestCorpus(t *testing.T) {
	c := openCatalog(t, corpusSchema...)
	eval := openEval(t)
	src, err := os.ReadFile("sqltext/testdata/selects.sql")
	require.NoError(t, err)
	refused, maintained := map[string]int{}, 0
	for _, s := range sqltext.Split(string(src)) {
		query := strings.TrimRight(strings.TrimSpace(s.Text(string(src))), "; \n")
		if query == "" {
			continue
		}
		if _, err := c.Compile(query); err != nil {
			continue
		}
		p, err := New(c, "main", "v", query, nil)
		var u *Unsupported
		if errors.As(err, &u) {
			refused[u.Construct]++
			continue
		}
		require.NoError(t, err, query)
		if p.ShowsRepresentatives() {
			continue // the table has 'A' and 'a'
		}
		v := newLiveView(t, c, eval, query, p)
		require.NoError(t, v.refresh(), query)
		diff, err := v.difference(false)
		if err != nil {
			continue
		}
		require.Empty(t, diff, "%s\n%s", query, p.Explain())
		maintained++
	}
	require.Greater(t, maintained, 100)
	if testing.Verbose() {
		var lines []string
		for k, n := range refused {
			lines = append(lines, fmt.Sprintf("%3d %s", n, k))
		}
		sort.Strings(lines)
		t.Logf("%d maintained; refused:\n%s", maintained, strings.Join(lines, "\n"))
	}
}
