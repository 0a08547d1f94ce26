package simulate

import (
	"fmt"
	"testing"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
	"github.com/stretchr/testify/require"
)

// drivers are those that peers are opened with; with cgo there is a second.
var drivers = []string{"sqlite-mv"}

func TestSimulation(t *testing.T) {
	var all Report
	runs := uint64(6)
	if testing.Short() {
		runs = 3
	}
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r, err := Run(Config{Seed: seed, Steps: 200, Drivers: drivers, Folder: t.TempDir()})
			require.NoError(t, err)
			all.Add(r)
		})
	}
	t.Logf("%+v", all)
	for what, n := range map[string]int64{"lost": all.Lost, "repeated": all.Repeated, "restored": all.Restored, "wiped": all.Wiped,
		"migrated": all.Migrated, "won": all.Won, "rows": all.Rows} {
		require.NotZero(t, n, what)
	}
}
