package ext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTableOptions(t *testing.T) {
	for _, x := range []struct {
		sql             string
		without, strict bool
	}{
		{"CREATE TABLE t(a)", false, false},
		{"CREATE TABLE t(a PRIMARY KEY) WITHOUT ROWID", true, false},
		{"CREATE TABLE t(a PRIMARY KEY)without/**/rowid", true, false},
		{"CREATE TABLE t(a INT)strict", false, true},
		{"CREATE TABLE t(a INT PRIMARY KEY) STRICT, WITHOUT ROWID", true, true},
		{"CREATE TABLE t(a INT PRIMARY KEY) WITHOUT ROWID -- rows\n, STRICT -- STRICT)", true, true},
		{"CREATE TABLE strict(without, strict INT, \"WITHOUT ROWID\", x DEFAULT (')'))", false, false},
		{"CREATE TABLE t(a INT PRIMARY KEY, b CHECK(b <> ') STRICT')) -- WITHOUT ROWID", false, false},
		{"CREATE TABLE \"t(\"(a INT PRIMARY KEY, strict) WITHOUT ROWID", true, false},
	} {
		without, strict := tableOptions(x.sql)
		require.Equal(t, [2]bool{x.without, x.strict}, [2]bool{without, strict}, x.sql)
		// SQLite is the judge.
		s, err := openSide(":memory:", Attach)
		require.NoError(t, err)
		require.Empty(t, s.exec(x.sql).err)
		o := s.exec("SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name <> 'sqlite_schema'")
		number := map[bool]string{false: "0", true: "1"}
		require.Equal(t, []string{number[without] + "|" + number[strict] + "|"}, o.rows, x.sql)
		require.NoError(t, s.pool.Close())
	}
}
