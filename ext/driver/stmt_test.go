package driver

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrepare(t *testing.T) {
	db, o := openRecorded(t)
	_, err := db.Prepare("SELECT nix; DROP MATERIALIZED VIEW v")
	require.ErrorContains(t, err, "no such column: nix", "reported when it is prepared, as ever")
	_, err = db.Prepare("DROP MATERIALIZED VIEW v CASCADE")
	require.ErrorIs(t, err, ErrSyntax)
	_, err = db.Prepare("CREATE UNIQUE INDEX i ON v(region)")
	require.ErrorIs(t, err, ErrIndexOnView)
	_, err = db.Prepare("CREATE INDEX i ON nix(a)")
	require.ErrorContains(t, err, "no such table")

	// What is prepared before its view exists finds it when it is run, and misses it when it has gone.
	drop, err := db.Prepare("DROP MATERIALIZED VIEW n")
	require.NoError(t, err)
	defer drop.Close()
	_, err = drop.Exec()
	require.ErrorIs(t, err, ErrNoSuchView)
	for range 2 {
		_, err = db.Exec("CREATE MATERIALIZED VIEW n AS SELECT 1")
		require.NoError(t, err)
		o.texts = nil
		_, err = drop.Exec()
		require.NoError(t, err)
		require.Equal(t, []string{`DROP TABLE "main"."n"`}, o.texts)
	}

	// An index on an ordinary table is prepared by the inner driver itself.
	o.texts = nil
	index, err := db.Prepare("CREATE INDEX i ON t(a)")
	require.NoError(t, err)
	defer index.Close()
	require.Equal(t, []string{"prepare CREATE INDEX i ON t(a)"}, o.texts)
	_, err = index.Exec()
	require.NoError(t, err)

	onView, err := db.Prepare("CREATE INDEX j ON v(region)")
	require.NoError(t, err)
	defer onView.Close()
	_, err = onView.Exec()
	require.NoError(t, err)
	var table string
	require.NoError(t, db.QueryRow("SELECT tbl_name FROM sqlite_master WHERE name = 'j'").Scan(&table))
	require.Equal(t, "__internal_dbsp_state_out_v", table)
}
