package crsql_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// memory opens a database in memory with tables.
func memory(t *rapid.T, driver string, tables []interopTable) *peers.Local {
	p, err := peers.Open(driver, ":memory:")
	require.NoError(t, err)
	for _, table := range tables {
		require.NoError(t, p.Exec(table.sql))
		require.NoError(t, p.Exec("SELECT crsql_as_crr('"+table.name+"')"))
	}
	return p
}

func changesOf(t require.TestingT, p *peers.Local) (list []crsql.Change) {
	for c, err := range crsql.Changes(context.Background(), p.Conn, 0) {
		require.NoError(t, err)
		list = append(list, c)
	}
	return list
}

func applyTo(t require.TestingT, p *peers.Local, changes []crsql.Change) int64 {
	won, err := crsql.Apply(context.Background(), p.Conn, crsql.Each(changes))
	require.NoError(t, err)
	return won
}

// written are the changes of peers that write at random and sometimes merge each other's.
func written(t *rapid.T, driver string, r *rand.Rand, tables []interopTable) [][]crsql.Change {
	var writers []*peers.Local
	for range 3 {
		p := memory(t, driver, tables)
		defer p.Close()
		writers = append(writers, p)
	}
	for range 40 {
		p := writers[r.IntN(3)]
		if r.IntN(6) == 0 {
			applyTo(t, p, changesOf(t, writers[r.IntN(3)]))
		} else {
			require.NoError(t, p.Exec(statementOn(r, true, tables)))
		}
	}
	var lists [][]crsql.Change
	for _, p := range writers {
		lists = append(lists, changesOf(t, p))
	}
	return lists
}

// Merging is commutative (in any order, change by change), idempotent (whatever comes again), and associative (whoever
// merged what with what before).
func TestMergeProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		driver := rapid.SampledFrom(drivers).Draw(rt, "driver")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 7))
		from := rapid.IntRange(0, len(interopTables)-2).Draw(rt, "tables")
		tables := interopTables[from : from+2]
		lists := written(rt, driver, r, tables)
		inOrder := memory(rt, driver, tables)
		defer inOrder.Close()
		var all []crsql.Change
		for _, l := range lists {
			applyTo(rt, inOrder, l)
			all = append(all, l...)
		}
		want := dumpOf(t, inOrder, tables)

		shuffled := memory(rt, driver, tables)
		defer shuffled.Close()
		mixed := append([]crsql.Change(nil), all...)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		again := append(mixed, mixed[:r.IntN(len(mixed)+1)]...)
		for len(again) > 0 {
			n := 1 + r.IntN(len(again))
			applyTo(rt, shuffled, again[:n])
			again = again[n:]
		}
		require.Equal(rt, want, dumpOf(t, shuffled, tables), "another order")
		require.Zero(rt, applyTo(rt, shuffled, all), "what came before")
		require.Equal(rt, want, dumpOf(t, shuffled, tables), "what came before")

		others := memory(rt, driver, tables)
		defer others.Close()
		applyTo(rt, others, lists[2])
		applyTo(rt, others, lists[1])
		together := memory(rt, driver, tables)
		defer together.Close()
		applyTo(rt, together, lists[0])
		applyTo(rt, together, changesOf(rt, others))
		require.Equal(rt, want, dumpOf(t, together, tables), "merged elsewhere before")
	})
}
