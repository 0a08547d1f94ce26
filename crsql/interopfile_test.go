package crsql_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
)

// A file goes back and forth between ours and the original, and each reads what the other wrote: rows, changes, site id and
// version.
func TestInteropFile(t *testing.T) {
	node := startNode(t)
	for seed := range uint64(2) {
		for _, driver := range drivers {
			t.Run(fmt.Sprint(driver, "/", seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 6))
				file := filepath.Join(t.TempDir(), "peer.db")
				write := func(p peers.Peer, moves bool) {
					for range 15 {
						require.NoError(t, p.Exec(interopStatement(r, moves)))
					}
				}
				see := func(p peers.Peer) string {
					rows, err := p.Query("SELECT * FROM crsql_changes")
					require.NoError(t, err)
					lines := quoteRows(rows)
					slices.SortFunc(lines, slices.Compare)
					about, err := p.Query("SELECT crsql_db_version(), hex(crsql_site_id())")
					require.NoError(t, err)
					return fmt.Sprint(dump(t, p), lines, quoteRows(about))
				}
				var image []byte
				for round := range 4 {
					var was string
					if ours := (round+int(seed))%2 == 0; ours {
						if image != nil {
							require.NoError(t, os.WriteFile(file, image, 0o644))
						}
						p, err := peers.Open(driver, file)
						require.NoError(t, err)
						if image == nil {
							interopSchema(t, p)
						}
						write(p, true)
						_, err = crsql.Ask(t.Context(), p.Conn) // makes the tables that only ours has
						require.NoError(t, err)
						was = see(p)
						require.NoError(t, p.Close())
						image, err = os.ReadFile(file)
						require.NoError(t, err)
						o, err := node.Open(fmt.Sprint(driver, seed, "-", round), image)
						require.NoError(t, err)
						require.Equal(t, was, see(o), "round %d", round)
						require.NoError(t, o.Close())
						continue
					}
					o, err := node.Open(fmt.Sprint(driver, seed, "-", round), image)
					require.NoError(t, err)
					if image == nil {
						interopSchema(t, o)
					}
					write(o, false)
					was = see(o)
					image, err = o.Image()
					require.NoError(t, err)
					require.NoError(t, o.Close())
					require.NoError(t, os.WriteFile(file, image, 0o644))
					p, err := peers.Open(driver, file)
					require.NoError(t, err)
					require.Equal(t, was, see(p), "round %d", round)
					require.NoError(t, p.Exec("PRAGMA integrity_check"))
					require.NoError(t, p.Close())
				}
			})
		}
	}
}
