package oracle_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// leastDefinitions is how many view definitions testdata/definitions has at least.
const leastDefinitions = 400

// definitions is a file of testdata/definitions: queries, each the definition of a view.
type definitions struct {
	name string
	// script creates what the folder's schema.sql has, the views, in one transaction, and runs the folder's history.sql.
	script string
	views  int
}

// readDefinitions reads all files of definitions. A definition is a query that ends with its line, and becomes the view
// v<line>; CREATE statements are taken as they stand, directives too.
func readDefinitions(t *testing.T) []definitions {
	files, err := filepath.Glob("../../testdata/definitions/*/*.sql")
	require.NoError(t, err)
	read := func(path string) string {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(text)
	}
	var out []definitions
	for _, file := range files {
		folder, base := filepath.Split(file)
		if base == "schema.sql" || base == "history.sql" {
			continue
		}
		d := definitions{name: filepath.Base(folder) + "/" + strings.TrimSuffix(base, ".sql")}
		var b strings.Builder
		b.WriteString(read(folder+"schema.sql") + "BEGIN;\n")
		for i, line := range strings.Split(strings.TrimSpace(read(file)), "\n") {
			switch {
			case strings.HasPrefix(line, "--"):
			case strings.HasPrefix(line, "CREATE "):
				b.WriteString("-- quiet\n")
				if strings.HasPrefix(line, "CREATE MATERIALIZED ") {
					d.views++
				}
			default:
				require.True(t, strings.HasSuffix(line, ";"), "%s:%d: a definition on several lines", file, i+1)
				fmt.Fprintf(&b, "-- quiet\nCREATE MATERIALIZED VIEW v%d AS ", i+1)
				d.views++
			}
			b.WriteString(line + "\n")
		}
		b.WriteString("COMMIT;\n" + read(folder+"history.sql"))
		d.script = b.String()
		out = append(out, d)
	}
	return out
}

func runDefinitions(t *testing.T, driver string, mode oracle.Mode) {
	views := 0
	for n, d := range readDefinitions(t) {
		views += d.views
		t.Run(d.name, func(t *testing.T) {
			if testing.Short() && n%3 != 0 {
				t.Skip("every third file in short runs")
			}
			t.Parallel()
			for _, when := range []oracle.When{oracle.EveryStatement, oracle.OutsideTransaction} {
				if when != oracle.EveryStatement && testing.Short() {
					break
				}
				s, err := oracle.Parse(d.name, d.script)
				require.NoError(t, err)
				cfg := oracle.Config{Driver: driver, Mode: mode, When: when}
				if err := oracle.Run(context.Background(), cfg, s, t.TempDir(), false); err != nil {
					t.Fatalf("checks %s: %v", when, err)
				}
			}
		})
	}
	require.GreaterOrEqual(t, views, leastDefinitions)
}

// TestDefinitions runs the definitions of testdata/definitions through the histories beside them.
func TestDefinitions(t *testing.T) { runDefinitions(t, *driverName, oracle.Materialized) }

// TestDefinitionsOverCgo does so over the other engine, where the program has it.
func TestDefinitionsOverCgo(t *testing.T) {
	const other = "sqlite-mv-mattn"
	if *driverName == other || testing.Short() || !slices.Contains(sql.Drivers(), other) {
		t.Skip("needs cgo, and is left out of short runs")
	}
	runDefinitions(t, other, oracle.Materialized)
}

// TestDefinitionsPlain does so with plain views, which proves the definitions and histories.
func TestDefinitionsPlain(t *testing.T) { runDefinitions(t, "sqlite", oracle.Plain) }
