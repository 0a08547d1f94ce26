package crsql_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// A row's first life and the next come in one merge: what was written in the first counts for nothing in the next, whatever
// comes in between, and in each order.
func TestLaterLifeAtOnce(t *testing.T) {
	site := []byte(strings.Repeat("\xbb", 16))
	change := func(pk byte, cid string, v dbsp.Value, version, cl int64) crsql.Change {
		return crsql.Change{Table: "t", PK: []byte{1, 9, pk}, CID: cid, Val: v, ColVersion: version, DBVersion: 1, Site: site, CL: cl}
	}
	first := change(1, "a", dbsp.NewReal(5), 1, 1)
	back := change(1, crsql.Sentinel, dbsp.Value{}, 3, 3)
	a, b := change(1, "a", dbsp.Value{}, 1, 3), change(1, "b", dbsp.Value{}, 1, 3)
	other := change(2, "a", dbsp.NewInteger(1), 1, 1)
	for _, order := range [][]crsql.Change{
		{first, back, a, b}, {first, back, other, a, b}, {first, other, back, other, a}, {first, a, b}, {first, b, other, a}, {first, b, a, back}, {b, first, other, a}, {a, first, back},
		{back, first, a}, {first, first, back, a, first, b},
	} {
		eachEngine(t, func(t *testing.T, l *leaf) {
			l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t')`)
			for range 2 {
				_, err := crsql.Apply(t.Context(), l.Conn, crsql.Each(order))
				require.NoError(t, err)
				require.Equal(t, []string{"NULL|NULL"}, l.ask("SELECT a, b FROM t WHERE id = 1"))
				require.Equal(t, []string{"3|1"}, l.ask(`SELECT cl, col_version FROM crsql_changes WHERE pk = x'010901' AND cid = 'a'`))
			}
		})
	}
}
