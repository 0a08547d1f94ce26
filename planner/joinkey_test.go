package planner

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// subtleValues are values that some comparison converts, folds or trims.
var subtleValues = []string{
	"NULL", "0", "1", "1.0", "1.5", "'1'", "'1.0'", "' 1 '", "'1x'", "'01'", "'1e0'", "'+1'", "'.5'", "0.5", "'a'", "'A'", "'a '",
	"''", "x''", "x'61'", "x'31'", "9223372036854775807", "9.2233720368547758e18", "'9223372036854775807'",
	"'9223372036854775808'", "1e300", "'1e300'", "-0.0", "'-0'", "'0x10'", "16", "'inf'", "9e999", "'9e999'",
}

// TestJoinKeys joins on every pair of operand forms and compares with SQLite: keys that are too fine would lose rows,
// keys that are too coarse and not checked again would make some up.
func TestJoinKeys(t *testing.T) {
	c := openCatalog(t,
		"CREATE TABLE l(id INTEGER PRIMARY KEY, i INTEGER, t TEXT, c TEXT COLLATE NOCASE, n, b BLOB, r REAL, m NUMERIC)",
		"CREATE TABLE r(id INTEGER PRIMARY KEY, i INTEGER, t TEXT, c TEXT COLLATE RTRIM, n, b BLOB, r REAL, m NUMERIC)",
		"CREATE INDEX ri ON r(i)", "CREATE INDEX rt ON r(t)", "CREATE INDEX rc ON r(c)", "CREATE INDEX rn ON r(n)",
		"CREATE INDEX rcb ON r(c COLLATE BINARY)", "CREATE INDEX rb ON r(b)", "CREATE INDEX rr ON r(r)", "CREATE INDEX rm ON r(m)",
		"CREATE VIEW lv AS SELECT id, t COLLATE NOCASE AS t, n || '' AS n, +i AS i, CAST(n AS NUMERIC) AS m FROM l",
	)
	for _, v := range subtleValues {
		for _, table := range []string{"l", "r"} {
			c.exec(fmt.Sprintf("INSERT INTO %s(i, t, c, n, b, r, m) VALUES(%[2]s, %[2]s, %[2]s, %[2]s, %[2]s, %[2]s, %[2]s)", table, v))
		}
	}
	eval := openEval(t)
	left := []string{
		"l.i", "l.t", "l.c", "l.n", "l.b", "l.r", "l.m", "+l.n", "+l.i", "+l.c", "l.n || ''", "CAST(l.n AS TEXT)", "CAST(l.n AS NUMERIC)",
		"CAST(l.n AS BLOB)", "l.t COLLATE NOCASE", "l.n COLLATE RTRIM", "(l.c || '') COLLATE BINARY", "coalesce(l.n, 1)",
		"lv.t", "lv.n", "lv.i", "lv.m",
	}
	right := []string{
		"r.i", "r.t", "r.c", "r.n", "r.b", "r.r", "r.m", "+r.n", "r.n || ''", "CAST(r.n AS REAL)", "CAST(r.b AS TEXT)", "r.t COLLATE RTRIM",
		"CASE WHEN 1 THEN r.c END", "r.m + 0",
	}
	for _, x := range left {
		for n, y := range right {
			from := "l"
			if x[1] == 'v' {
				from = "lv"
			}
			on := x + " = " + y
			if n%2 == 1 {
				on = y + " = " + x
			}
			query := fmt.Sprintf("SELECT %s.id AS a, r.id AS b FROM %[1]s JOIN r ON %s", from, on)
			p, err := New(c, "main", "v", query, nil)
			require.NoError(t, err, query)
			v := newLiveView(t, c, eval, query, p)
			require.NoError(t, v.refresh(), query)
			diff, err := v.difference(false)
			require.NoError(t, err, query)
			require.Empty(t, diff, "%s\n%s", query, p.Explain())
		}
	}
}
