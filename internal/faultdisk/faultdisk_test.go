package faultdisk

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

func TestFailWrite(t *testing.T) {
	require.NoError(t, Register())
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "a.db")+"?vfs="+Name)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec("CREATE TABLE t(a)")
	require.NoError(t, err)
	FailWrite(2)
	_, err = db.Exec("INSERT INTO t VALUES(1)")
	require.ErrorContains(t, err, "disk I/O error")
	require.False(t, Pending())
	_, err = db.Exec("INSERT INTO t VALUES(2)")
	require.NoError(t, err)
	var n int
	require.NoError(t, db.QueryRow("SELECT sum(a) FROM t").Scan(&n))
	require.Equal(t, 2, n)
}
