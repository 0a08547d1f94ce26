package ext_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/ext"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
	"github.com/stretchr/testify/require"
)

// TestTempViewHistories: TEMP views over tables of main and temp on two connections, which write the tables in turn.
func TestTempViewHistories(t *testing.T) {
	for seed := range uint64(12) {
		journal := []string{"journal_mode(wal)", "journal_mode(delete)"}[seed%2]
		h := &tempHistory{r: rand.New(rand.NewPCG(seed, 4)), t: t}
		var err error
		h.db, err = oracle.Open(t.Context(), oracle.Config{Driver: *driverName, DSN: dsn(filepath.Join(t.TempDir(), "t.db"), journal),
			Schemas: []string{"main", "temp"}, When: oracle.When(seed / 2 % 2)})
		require.NoError(t, err)
		h.run(seed)
		require.NoError(t, h.db.Close())
	}
}

type tempHistory struct {
	t    *testing.T
	r    *rand.Rand
	db   *oracle.DB
	told []string
}

func (h *tempHistory) pick(texts ...string) string { return texts[h.r.IntN(len(texts))] }

func (h *tempHistory) run(seed uint64) {
	h.told = []string{fmt.Sprintf("-- seed %d", seed)}
	must := func(text string) {
		for _, s := range strings.Split(text, ";\n") {
			require.NoError(h.t, h.do(s))
		}
	}
	must(`CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x UNIQUE)`)
	must(`CREATE TABLE w(a TEXT COLLATE NOCASE, b INT, n INT REFERENCES t(id) ON DELETE CASCADE ON UPDATE SET NULL, PRIMARY KEY(a, b)) WITHOUT ROWID`)
	must(`CREATE TEMP TABLE m(k INT, y INT)`)
	if h.r.IntN(2) == 0 {
		must(`PRAGMA foreign_keys = 1`)
	}
	if h.r.IntN(3) == 0 {
		must(`CREATE TRIGGER before_t BEFORE UPDATE ON t BEGIN UPDATE t SET k = 5 WHERE id = OLD.id; END`)
	}
	if h.r.IntN(3) == 0 {
		must(`CREATE TRIGGER after_t AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO w VALUES('trig', NEW.k, NEW.id); END`)
	}
	views := []string{
		`SELECT k, count(*) AS n, sum(x) AS s, max(x) AS x FROM t GROUP BY k`,
		`SELECT t.id, w.a, w.b FROM t LEFT JOIN w ON w.n = t.id`,
		`SELECT m.y, t.x FROM m JOIN t ON t.k = m.k`,
		`SELECT k FROM t EXCEPT SELECT k FROM m`,
		`SELECT id, (SELECT count(*) FROM w WHERE w.n = t.id) AS n, EXISTS (SELECT 1 FROM m WHERE m.k = t.k) AS e FROM t`,
		`SELECT b, group_concat(a ORDER BY a COLLATE BINARY) AS l FROM w GROUP BY b`,
		`SELECT count(*) AS n FROM m`,
		`SELECT * FROM w`,
	}
	made := 0
	create := func() {
		_ = h.do(fmt.Sprintf("CREATE TEMP MATERIALIZED VIEW v%d AS %s", made, views[h.r.IntN(len(views))]))
		made++
	}
	for range 3 {
		create()
	}
	must(`CREATE TEMP MATERIALIZED VIEW fixed AS SELECT k, count(*) AS n FROM t GROUP BY k`)
	must(`CREATE TEMP MATERIALIZED VIEW onview AS SELECT n, count(*) AS m FROM fixed GROUP BY n`)
	if h.r.IntN(2) == 0 {
		must(`CREATE MATERIALIZED VIEW mainview AS SELECT k, count(*) AS n FROM t GROUP BY k`)
	}
	if h.r.IntN(3) == 0 {
		must(`CREATE TEMP TRIGGER after_temp AFTER UPDATE ON t BEGIN DELETE FROM m WHERE k = OLD.k; END`)
	}
	for range 60 {
		if h.r.IntN(3) == 0 {
			require.NoError(h.t, h.db.Use(h.t.Context(), h.pick("1", "2")))
			h.told = append(h.told, "-- other connection")
		}
		switch n := h.r.IntN(30); {
		case n == 0:
			create()
		case n == 1:
			_ = h.do(fmt.Sprintf("DROP MATERIALIZED VIEW IF EXISTS v%d", h.r.IntN(made)))
		case n == 2:
			_ = h.do("REFRESH MATERIALIZED VIEW fixed")
		case n < 9:
			_ = h.do(h.pick("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT a", "SAVEPOINT b", "RELEASE a", "ROLLBACK TO a",
				"ROLLBACK TO b", "SELECT count(*) FROM t"))
		default:
			_ = h.do(h.write())
		}
	}
}

// write makes a statement that may fail.
func (h *tempHistory) write() string {
	n := func() int { return h.r.IntN(6) }
	switch h.r.IntN(10) {
	case 0, 1, 2:
		return fmt.Sprintf("INSERT %sINTO t(id, k, x) VALUES (%d, %d, %d), (NULL, %d, NULL)", h.pick("", "OR REPLACE ", "OR IGNORE ", "OR FAIL "), n(), n(), n(), n())
	case 3:
		return fmt.Sprintf("UPDATE %st SET x = %d, k = k + 1 WHERE id = %d", h.pick("", "OR REPLACE ", "OR IGNORE "), n(), n())
	case 4:
		return fmt.Sprintf("DELETE FROM t WHERE k = %d", n())
	case 5:
		return fmt.Sprintf("INSERT OR REPLACE INTO w VALUES ('%s', %d, %d)", h.pick("a", "A", "b"), n(), n())
	case 6:
		return fmt.Sprintf("DELETE FROM w WHERE b = %d", n())
	case 7:
		return fmt.Sprintf("UPDATE w SET a = a || 'x', b = b + 1 WHERE b = %d", n())
	case 8:
		return fmt.Sprintf("INSERT INTO m VALUES (%d, %d)", n(), n())
	}
	return fmt.Sprintf("DELETE FROM m WHERE k = %d", n())
}

// do runs a statement. What the oracle finds wrong ends the test.
func (h *tempHistory) do(text string) error {
	h.told = append(h.told, text+";")
	_, err, check := h.db.Exec(h.t.Context(), text)
	if err != nil {
		h.told = append(h.told, "-- error: "+err.Error())
	}
	if check != nil {
		h.t.Fatalf("%v\n%s", check, strings.Join(h.told, "\n"))
	}
	return err
}

// TestTempViewKeepsItsState: a TEMP view over main is computed once, and again only when another connection wrote.
func TestTempViewKeepsItsState(t *testing.T) {
	fills := 0
	ext.SetProgress(func(string, int64, int64) { fills++ })
	defer ext.SetProgress(nil)
	name := file(t)
	s, other := connect(t, name), connect(t, name)
	s.run("CREATE TABLE t(id INTEGER PRIMARY KEY, x INT); INSERT INTO t(x) VALUES (1), (2)")
	s.run("CREATE TEMP MATERIALIZED VIEW v AS SELECT x, count(*) AS n FROM t GROUP BY x")
	s.ask("SELECT * FROM v")
	s.ask("SELECT * FROM v")
	fills = 0
	s.run("INSERT INTO t(x) VALUES (1)")
	s.run("BEGIN; INSERT INTO t(x) VALUES (7)")
	require.Contains(t, s.ask("SELECT x FROM v"), "7")
	s.run("ROLLBACK")
	s.run("DELETE FROM t WHERE x = 2")
	s.ask("SELECT * FROM v")
	require.Zero(t, fills)
	other.run("INSERT INTO t(x) VALUES (3)")
	require.Contains(t, s.ask("SELECT x FROM v"), "3")
	require.Equal(t, 1, fills)
	s.ask("SELECT * FROM v")
	s.run("INSERT INTO t(x) VALUES (4)")
	require.Contains(t, s.ask("SELECT x FROM v"), "4")
	require.Equal(t, 1, fills)
	// Taken back with the transaction, it is made again.
	other.run("INSERT INTO t(x) VALUES (5)")
	s.run("BEGIN")
	require.Contains(t, s.ask("SELECT x FROM v"), "5")
	s.run("ROLLBACK")
	require.Contains(t, s.ask("SELECT x FROM v"), "5")
	require.Equal(t, 3, fills)
	// Where nothing may be written, the SELECT itself answers.
	s.run("PRAGMA query_only = 1")
	other.run("INSERT INTO t(x) VALUES (6)")
	require.Contains(t, s.ask("SELECT x FROM v"), "6")
	require.Contains(t, s.ask("SELECT x FROM v"), "6")
	s.run("PRAGMA query_only = 0")
	require.Contains(t, s.ask("SELECT x FROM v"), "6")
	require.Equal(t, 4, fills)
}

// TestTempViewOpenCursor: a query on a TEMP view shows what it saw when it began, whatever another connection commits.
func TestTempViewOpenCursor(t *testing.T) {
	name := file(t, "journal_mode(wal)")
	s, other := connect(t, name), connect(t, name)
	s.run("CREATE TABLE t(id INTEGER PRIMARY KEY, x INT); INSERT INTO t(x) VALUES (1), (2), (3)")
	s.run("CREATE TEMP MATERIALIZED VIEW v AS SELECT x, count(*) AS n FROM t GROUP BY x")
	other.run("INSERT INTO t(x) VALUES (4)")
	open, err := oracle.OpenRows(context.Background(), s.Conn, "SELECT * FROM v ORDER BY x", 1, true)
	require.NoError(t, err)
	other.run("DELETE FROM t WHERE x = 2; INSERT INTO t(x) VALUES (9)")
	require.NotContains(t, s.ask("SELECT x FROM v"), "9") // the open query holds main's snapshot
	require.NoError(t, open.Finish())
	require.Contains(t, s.ask("SELECT x FROM v"), "9")
	s.run("INSERT INTO t(x) SELECT x + 100 FROM v")
	require.Contains(t, s.ask("SELECT x FROM v"), "109")
}
