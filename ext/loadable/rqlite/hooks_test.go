package rqlite

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// TestHooks has the library write from inside SQLite while this program's hooks, in another Go runtime, hear of it: the
// way of rqlite's change data capture, which rqlited 8.43.4 can't be asked for yet.
func TestHooks(t *testing.T) {
	var writes, commits int
	sql.Register("hooked", &sqlite3.SQLiteDriver{
		Extensions: []string{filepath.Join(extensions, "sqlite_mv.so")},
		ConnectHook: func(c *sqlite3.SQLiteConn) error {
			c.RegisterUpdateHook(func(op int, db, table string, row int64) {
				if table == "t" {
					writes++
				}
			})
			c.RegisterCommitHook(func() int { commits++; return 0 })
			return nil
		},
	})
	db, err := sql.Open("hooked", "file:"+filepath.Join(t.TempDir(), "a.db")+"?_sync=0")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, k INTEGER, v INTEGER);
		CREATE VIRTUAL TABLE sums USING materialized_view(SELECT k, sum(v) AS v FROM t GROUP BY k)`); err != nil {
		t.Fatal(err)
	}
	writes, commits = 0, 0
	for i := range 2000 {
		if _, err := db.Exec("INSERT INTO t(k, v) VALUES (?, ?)", i%10, i); err != nil {
			t.Fatal(err)
		}
	}
	var wrong int
	if err := db.QueryRow("SELECT count(*) FROM mv_check('sums')").Scan(&wrong); err != nil || wrong != 0 {
		t.Errorf("%d rows are wrong, %v", wrong, err)
	}
	if writes != 2000 || commits != 2000 {
		t.Errorf("the hooks heard of %d writes and %d commits", writes, commits)
	}
}
