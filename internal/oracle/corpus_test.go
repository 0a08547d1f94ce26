package oracle_test

import (
	"flag"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"
	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

var driverName = flag.String("driver", "sqlite-mv", "database/sql driver: sqlite-mv or sqlite-mv-mattn")

// TestScripts runs the SQL tests, and the minimised histories that once failed, over materialized views.
func TestScripts(t *testing.T) {
	oracle.RunFiles(t, *driverName, oracle.Materialized, "../../testdata/sql/*.sql", "../../testdata/sql/regress/*.sql")
}

// TestScriptsPlain runs them over plain views, which proves the scripts.
func TestScriptsPlain(t *testing.T) {
	oracle.RunFiles(t, "sqlite", oracle.Plain, "../../testdata/sql/*.sql", "../../testdata/sql/regress/*.sql")
}
