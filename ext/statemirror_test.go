package ext

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// What a transaction wrote serves the next one, unless somebody else committed in between, or it was taken back.
func TestMirrorServes(t *testing.T) {
	var e *engine
	s, err := openSide("file:"+filepath.Join(t.TempDir(), "a.db"), func(c sqlite3.Conn) (err error) {
		e, err = attach(c)
		return err
	})
	require.NoError(t, err)
	defer s.pool.Close()
	exec := func(sql string) {
		t.Helper()
		_, err := s.pool.Exec(sql)
		require.NoError(t, err)
	}
	exec("CREATE TABLE t(k, x); CREATE TABLE beside(x); CREATE VIRTUAL TABLE v USING materialized_view(SELECT k, sum(x) FROM t GROUP BY k)")
	exec("INSERT INTO t VALUES(1, 1), (2, 2)")
	d := e.database("main")
	serves := func(want bool, why string) {
		t.Helper()
		exec("BEGIN IMMEDIATE; INSERT INTO t VALUES(3, 3)")
		ok := d.mirrors() && len(d.views[0].machine.state.mirror) > 0
		require.Equal(t, want, ok, why)
		exec("COMMIT")
	}
	serves(true, "after a commit")
	exec("INSERT INTO t VALUES(1, 1)")
	serves(true, "after commits in a row")
	exec("BEGIN; DELETE FROM t; ROLLBACK")
	serves(false, "after a rollback")
	serves(true, "after a commit again")
	exec("BEGIN; SAVEPOINT s; DELETE FROM t; ROLLBACK TO s")
	require.Empty(t, d.views[0].machine.state.mirror)
	exec("INSERT INTO t VALUES(1, 1); COMMIT")
	serves(true, "written after ROLLBACK TO")
	exec("INSERT INTO beside VALUES(1)")
	serves(false, "after a commit that no view heard of")
}
