package oracle_test

import (
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// TestScripts runs the SQL tests, and the minimised histories that once failed, over materialized views.
func TestScripts(t *testing.T) {
	oracle.RunFiles(t, "sqlite-mv", oracle.Materialized, "../../testdata/sql/*.sql", "../../testdata/sql/regress/*.sql")
}

// TestScriptsPlain runs them over plain views, which proves the scripts.
func TestScriptsPlain(t *testing.T) {
	oracle.RunFiles(t, "sqlite", oracle.Plain, "../../testdata/sql/*.sql", "../../testdata/sql/regress/*.sql")
}
