package ext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIntegerSums checks where calls of sum end.
func TestIntegerSums(t *testing.T) {
	const f = integerFunction
	for sel, want := range map[string]string{
		"SELECT a FROM t":                        "SELECT a FROM t",
		"SELECT sum(a), total(b) FROM t":         "SELECT " + f + "(sum(a)), mv_total(b) FROM t",
		`SELECT "SUM" (a + (b)) + 1 FROM t`:      "SELECT " + f + `("SUM" (a + (b))) + 1 FROM t`,
		"SELECT sum(a) FILTER (WHERE (b)) AS x":  "SELECT " + f + "(sum(a) FILTER (WHERE (b))) AS x",
		"SELECT sum((SELECT avg(sum) FROM u))":   "SELECT " + f + "(sum((SELECT mv_avg(sum) FROM u)))",
		"SELECT sum((SELECT sum(x) FROM u)) , 1": "SELECT " + f + "(sum((SELECT " + f + "(sum(x)) FROM u))) , 1",
		"SELECT 'sum(a)', sum, /* sum( */ a":     "SELECT 'sum(a)', sum, /* sum( */ a",
	} {
		require.Equal(t, want, integerSums(sel))
	}
}
