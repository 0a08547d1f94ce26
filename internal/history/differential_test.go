//go:build cgo

package history

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"
)

// TestDrivers runs the same histories over both drivers: their views show the same.
func TestDrivers(t *testing.T) {
	dir, read, histories := t.TempDir(), 0, uint64(30)
	if testing.Short() {
		histories = 10
	}
	for n := range histories {
		h := Generate(3001, n, Options{})
		r, failure := Differ(h, Runner{Driver: "sqlite-mv", Dir: dir}, Runner{Driver: "sqlite-mv-mattn", Dir: dir})
		require.Nil(t, failure, "seed 3001, history %d:\n%s", n, h.Script(nil))
		read += r
	}
	t.Logf("%d reads of views", read)
	require.Greater(t, read, 30*int(histories))
}

// TestDifferFindsDifferences loses a row of what one driver showed.
func TestDifferFindsDifferences(t *testing.T) {
	create := &query{arms: []*selectCore{{items: []item{{expr: "a", name: "a"}}, from: []source{{table: "t"}}}}}
	exec := func(sql string) Step { return Step{kind: stepExec, sql: values{head: sql}} }
	h := &History{Database: "memory", Schema: "main", Steps: []Step{exec("CREATE TABLE t(a)"),
		{kind: stepExec, sql: values{head: "CREATE MATERIALIZED VIEW v AS "}, query: create, view: "v"}, exec("INSERT INTO t VALUES(1), (1), ('x')")}}
	a, b := Runner{Driver: "sqlite-mv", Dir: t.TempDir()}, Runner{Driver: "sqlite-mv-mattn", Dir: t.TempDir()}
	read, failure := Differ(h, a, b)
	require.Nil(t, failure)
	require.Equal(t, 1, read)
	one, failure := a.reads(h)
	require.Nil(t, failure)
	require.Equal(t, []string{"'x'", "1", "1"}, one[0].rows)
	lost := slices.Clone(one)
	lost[0].rows = one[0].rows[:2]
	require.ErrorContains(t, different("a", "b", one, lost), "view v after INSERT")
	require.ErrorContains(t, different("a", "b", one, nil), "1 reads by a, 0 by b")
}
