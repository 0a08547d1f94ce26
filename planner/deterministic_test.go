package planner

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlansFollowFromTheText plans views of the scripts again and again: state that one connection wrote is read by others,
// so the plan must be the same.
func TestPlansFollowFromTheText(t *testing.T) {
	for _, script := range []string{"outer_and_subqueries", "subquery_compositions", "regress/plan_on_two_connections"} {
		src, err := os.ReadFile("../testdata/sql/" + script + ".sql")
		require.NoError(t, err)
		var tables, views []string
		for _, line := range strings.Split(string(src), "\n") {
			if _, query, ok := strings.Cut(line, " AS "); ok && strings.HasPrefix(line, "CREATE MATERIALIZED VIEW ") {
				views = append(views, strings.TrimSuffix(query, ";"))
			} else if strings.HasPrefix(line, "CREATE TABLE ") {
				tables = append(tables, line)
			}
		}
		require.NotEmpty(t, views)
		c := openCatalog(t, tables...)
		for _, query := range views {
			first, err := New(c, "main", "v", query, nil)
			require.NoError(t, err, query)
			for range 8 {
				again, err := New(c, "main", "v", query, nil)
				require.NoError(t, err, query)
				require.Equal(t, first.Fingerprint, again.Fingerprint, query)
			}
		}
	}
}
