//go:build cgo

package main

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	mv "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"
)

// library is the path of the built library, without ".so".
var library string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "loadable")
	if err != nil {
		panic(err)
	}
	library = filepath.Join(dir, "sqlite_mv")
	out, err := exec.Command("go", "build", "-buildmode=c-shared", "-o", library+".so", ".").CombinedOutput()
	if err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const orders = `CREATE TABLE orders(id INTEGER PRIMARY KEY, region TEXT, amount INTEGER);
INSERT INTO orders VALUES(1, 'east', 10), (2, 'west', 20);
CREATE VIRTUAL TABLE v USING materialized_view(SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region);
`

// host finds a program that loads the library, or skips the test.
func host(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("not installed: " + strings.Join(names, ", "))
	return ""
}

// shell types lines into the sqlite3 shell.
func shell(t *testing.T, file, lines string) string {
	t.Helper()
	c := exec.Command(host(t, "sqlite3"), "-batch", file)
	c.Stdin = strings.NewReader(strings.ReplaceAll(lines, ".load\n", ".load "+library+"\n"))
	out, err := c.CombinedOutput()
	if err != nil {
		out = append(out, err.Error()...)
	}
	return string(out)
}

func TestShell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	require.Equal(t, `east|1|10
west|1|20
-- in a transaction
east|2|15
south|1|1
west|1|20
0
-- after COMMIT
1|4|4
east|2|15
south|1|1
west|1|20
`, shell(t, file, ".load\n.load\n"+orders+`
SELECT * FROM v;
.print -- in a transaction
BEGIN;
INSERT INTO orders VALUES(3, 'east', 5);
INSERT INTO orders VALUES(4, 'south', 1);
SELECT * FROM v ORDER BY region;
SAVEPOINT a;
DELETE FROM orders;
SELECT count(*) FROM v;
ROLLBACK TO a;
UPDATE orders SET amount = amount WHERE id = 4;
COMMIT;
.print -- after COMMIT
SELECT changes(), total_changes() - 5, last_insert_rowid();
SELECT * FROM v;
`))
	require.Equal(t, "west|2|21\n2\n", shell(t, file, ".load\nINSERT INTO orders VALUES(8, 'west', 0), (9, 'west', 1); DELETE FROM orders WHERE id = 8;\nSELECT * FROM v WHERE region = 'west';\nSELECT count(*) FROM orders WHERE region = 'west';\n"))

	// A shell without the library reads what is stored, and is told what is missing when it writes.
	require.Equal(t, "3\n", shell(t, file, "SELECT count(*) FROM __internal_dbsp_state_out_v;\n"))
	require.Contains(t, shell(t, file, "INSERT INTO orders VALUES(10, 'west', 1);\n"), "no such function: sqlite_mv_extension_required")

	// A dump enters virtual tables into the schema by hand: they are there when the file is opened anew.
	dump := shell(t, file, ".load\n.dump\n")
	require.NotContains(t, dump, "Error")
	copied := filepath.Join(t.TempDir(), "copy.db")
	require.Empty(t, shell(t, copied, ".load\n"+dump))
	require.Equal(t, "east|2|15\nsouth|2|4\nwest|2|21\n",
		shell(t, copied, ".load\nINSERT INTO orders VALUES(12, 'south', 3);\nSELECT * FROM v ORDER BY 1;\n"))

	backup := filepath.Join(t.TempDir(), "backup.db")
	require.Equal(t, "west|2|21\n", shell(t, file, ".load\nVACUUM;\n.backup "+backup+"\nSELECT * FROM v WHERE region = 'west';\n"))
	require.Equal(t, "west|3|22\n", shell(t, backup, ".load\nINSERT INTO orders VALUES(13, 'west', 1);\nSELECT * FROM v WHERE region = 'west';\n"))
}

func TestPython(t *testing.T) {
	script := `
import sqlite3, sys, threading
lib, file = sys.argv[1:]
def connect():
    c = sqlite3.connect(file, timeout=20, check_same_thread=False)
    c.enable_load_extension(True)
    c.load_extension(lib)
    c.execute("PRAGMA trusted_schema=OFF")
    return c
DEF = "SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region"
def same(c):
    alone = not c.in_transaction
    if alone: c.execute("BEGIN")
    want, got = sorted(c.execute(DEF)), sorted(c.execute("SELECT * FROM v"))
    if alone: c.execute("COMMIT")
    assert want == got, (want, got)
c = connect()
c.executescript(sys.stdin.read())
before = c.total_changes
cur = c.executemany("INSERT INTO orders(region, amount) VALUES(?, ?)", [("r%d" % (i % 7), i) for i in range(5000)])
assert cur.rowcount == 5000 and c.total_changes == before + 5000, (cur.rowcount, c.total_changes - before)
same(c)
c.execute("SAVEPOINT a"); c.execute("DELETE FROM orders WHERE amount % 2"); same(c)
c.execute("SAVEPOINT b"); c.execute("UPDATE orders SET region = 'x'"); same(c)
c.execute("ROLLBACK TO a"); same(c); c.execute("RELEASE a")
try:
    c.execute("INSERT INTO orders(id) VALUES(1)"); assert False
except sqlite3.IntegrityError: pass
same(c)
c.commit()
assert c.total_changes >= before + 5000
d = connect(); same(d); d.close()
failures = []
def work(n):
    try:
        c = connect()
        for i in range(30):
            with c: c.execute("INSERT INTO orders(region, amount) VALUES(?, 1)", ("t%d" % n,))
        same(c); c.close()
    except Exception as e: failures.append(repr(e))
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
assert not failures, failures
same(c)
assert c.execute("SELECT n FROM v WHERE region='t3'").fetchall() == [(30,)]
c.close()
ro = sqlite3.connect("file:%s?mode=ro" % file, uri=True); ro.enable_load_extension(True); ro.load_extension(lib); same(ro)
ro.close()
ro = sqlite3.connect("file:%s?immutable=1" % file, uri=True); ro.enable_load_extension(True); ro.load_extension(lib); same(ro)
ro.close()
print("ok")
`
	python := host(t, "/usr/bin/python3", "python3")
	if exec.Command(python, "-c", "import sqlite3; sqlite3.Connection.enable_load_extension").Run() != nil {
		t.Skip("this Python loads no extensions")
	}
	c := exec.Command(python, "-c", script, library, filepath.Join(t.TempDir(), "a.db"))
	c.Stdin = strings.NewReader(orders)
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "ok\n", string(out))
}

// TestGoHost loads the library into a program that has a Go runtime, and the engine, already.
func TestGoHost(t *testing.T) {
	require.Contains(t, sql.Drivers(), mv.Name) // linked into this program: the stock driver has the engine, too
	sql.Register("loading", &sqlite3.SQLiteDriver{Extensions: []string{library}})
	for range 2 {
		db, err := sql.Open("loading", filepath.Join(t.TempDir(), "a.db"))
		require.NoError(t, err)
		_, err = db.Exec(orders + "INSERT INTO orders VALUES(3, 'west', 7)")
		require.NoError(t, err)
		var n int
		require.NoError(t, db.QueryRow("SELECT total FROM v WHERE region = 'west'").Scan(&n))
		require.Equal(t, 27, n)
		require.NoError(t, db.Close())
	}
}

// TestStockGoHost loads the library into a Go program without the engine.
func TestStockGoHost(t *testing.T) {
	out, err := exec.Command("go", "run", "./testdata/host", library, filepath.Join(t.TempDir(), "a.db")).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "0 400\n", string(out))
}
