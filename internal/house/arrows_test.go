// Package house holds the tests of the project's own structure.
package house

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/sqlite-mv/sqlite-mv/"

// arrows says which of the project's packages a package may import, directly or not (ARCHITECTURE.md). A package not
// named here may be imported by nobody but commands and tests.
var arrows = []struct {
	pkg     string
	allowed []string
}{
	{"dbsp", nil},
	{"planner/sqltext", nil},
	{"planner", []string{"dbsp", "planner/sqltext"}},
	{"cursor", []string{"dbsp"}},
	{"ext/sqlite3", []string{"dbsp"}},
	{"ext/sqlite3/modernc", []string{"dbsp", "ext/sqlite3"}},
	{"ext", []string{"dbsp", "planner", "planner/sqltext", "cursor", "ext/sqlite3"}},
	{"ext/driver", []string{"planner/sqltext"}},
	{"ext/sqlite3/capi", []string{"dbsp", "ext/sqlite3"}},
	{"crsql/pack", []string{"dbsp"}},
	{"crsql/fractindex", nil},
	{"crsql/hlc", nil},
	{"crsql", replication},
	{"ext/driver/modernc", join("ext", "ext/driver", "ext/sqlite3/modernc", "crsql")},
	{"ext/driver/mattn", join("ext", "ext/driver", "ext/sqlite3/capi", "crsql")},
	{"ext/loadable", join("ext", "ext/sqlite3/capi", "crsql")},
}

// engine is what ext stands on.
var engine = []string{"dbsp", "planner", "planner/sqltext", "cursor", "ext/sqlite3"}

// replication is what crsql stands on. It and ext don't know each other.
var replication = []string{"dbsp", "ext/sqlite3", "crsql/pack", "crsql/fractindex", "crsql/hlc"}

// join is where engine and crsql meet.
func join(pkgs ...string) []string { return append(append(pkgs, engine...), replication...) }

func TestArrows(t *testing.T) {
	for _, a := range arrows {
		t.Run(a.pkg, func(t *testing.T) {
			out, err := exec.Command("go", "list", "-deps", module+a.pkg).Output()
			require.NoError(t, err)
			for _, dep := range strings.Fields(string(out)) {
				dep, ours := strings.CutPrefix(dep, module)
				if ours && dep != a.pkg {
					require.Contains(t, a.allowed, dep, "%s must not depend on %s", a.pkg, dep)
				}
			}
		})
	}
}

func TestGroundFloorKnowsNoSQLite(t *testing.T) {
	for _, pkg := range []string{"dbsp", "planner", "planner/sqltext", "cursor", "ext", "ext/sqlite3", "crsql"} {
		out, err := exec.Command("go", "list", "-deps", module+pkg).Output()
		require.NoError(t, err)
		for _, dep := range strings.Fields(string(out)) {
			require.False(t, strings.HasPrefix(dep, "modernc.org/") || strings.Contains(dep, "go-sqlite3"),
				"%s must not depend on %s: engines are reached through ext/sqlite3 only", pkg, dep)
		}
	}
}

// A program has the SQLite that it asks for, and no other.
func TestOneSQLite(t *testing.T) {
	for pkg, foreign := range map[string]string{
		"ext/driver/modernc": "github.com/mattn/go-sqlite3",
		"ext/driver/mattn":   "modernc.org/sqlite",
		"ext/sqlite3/capi":   "modernc.org/sqlite",
		"ext/loadable":       "modernc.org/sqlite",
	} {
		out, err := exec.Command("go", "list", "-deps", module+pkg).Output()
		require.NoError(t, err)
		require.NotContains(t, string(out), foreign, pkg)
	}
	out, err := exec.Command("go", "list", "-deps", module+"ext/loadable").Output()
	require.NoError(t, err)
	require.NotContains(t, string(out), "go-sqlite3", "the library works on the SQLite that loads it")
}
