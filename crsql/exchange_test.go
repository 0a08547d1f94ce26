package crsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
)

// exchangers opens files with a replicated table, each under a site id of its own.
func exchangers(t *testing.T, driver string, n int) []*peers.Local {
	t.Helper()
	var all []*peers.Local
	for i := range n {
		all = append(all, openExchanger(t, driver, filepath.Join(t.TempDir(), "peer.db"), i))
	}
	return all
}

func openExchanger(t *testing.T, driver, file string, i int) *peers.Local {
	t.Helper()
	p, err := peers.OpenSite(driver, file, fmt.Sprintf("%032x", i+1))
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	require.NoError(t, p.Exec("CREATE TABLE IF NOT EXISTS n(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('n')"))
	return p
}

func write(t *testing.T, p *peers.Local, text string) {
	t.Helper()
	require.NoError(t, p.Exec(text))
}

// bring has one peer merge what it lacks of another, and returns how many changes were sent and how many won.
func bring(t *testing.T, to, from *peers.Local) (sent int, won int64) {
	t.Helper()
	r, err := crsql.Ask(context.Background(), to.Conn)
	require.NoError(t, err)
	reply, err := crsql.Serve(context.Background(), from.Conn, r, 0)
	require.NoError(t, err)
	got, err := crsql.Receive(context.Background(), to.Conn, reply)
	require.NoError(t, err)
	require.True(t, got.Advanced)
	return len(reply.Changes), got.Won
}

func contents(t *testing.T, p *peers.Local) string {
	t.Helper()
	rows, err := p.Query("SELECT * FROM n ORDER BY id")
	require.NoError(t, err)
	return fmt.Sprint(quoteRows(rows))
}

func eachDriver(t *testing.T, test func(t *testing.T, driver string)) {
	for _, d := range drivers {
		t.Run(d, func(t *testing.T) { test(t, d) })
	}
}

// A peer is sent exactly what it lacks, whichever way what it has came.
func TestExchangeIsExact(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 3)
		a, b, c := p[0], p[1], p[2]
		write(t, a, "INSERT INTO n VALUES(1, 1, 1)")
		write(t, b, "INSERT INTO n VALUES(2, 2, 2)")
		for _, step := range []struct {
			to, from *peers.Local
			sent     int
		}{
			{b, a, 2}, {a, b, 2}, {c, a, 4}, {c, b, 0}, {b, c, 0}, {a, c, 0}, {a, b, 0},
		} {
			sent, won := bring(t, step.to, step.from)
			require.Equal(t, step.sent, sent)
			require.EqualValues(t, step.sent, won)
		}
		write(t, c, "UPDATE n SET a = 9 WHERE id = 1")
		for _, to := range []*peers.Local{a, b} {
			sent, _ := bring(t, to, c)
			require.Equal(t, 1, sent)
		}
		sent, _ := bring(t, a, b)
		require.Zero(t, sent)
		require.Equal(t, contents(t, a), contents(t, b))
	})
}

// Pieces arrive in order or not at all: what is missing is sent again, and a transaction may be cut anywhere.
func TestExchangeInPieces(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 2)
		a, b := p[0], p[1]
		write(t, a, "WITH RECURSIVE i(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM i LIMIT 50) INSERT INTO n SELECT x, x, -x FROM i")
		ctx := context.Background()
		var lost int
		for piece := 0; ; piece++ {
			require.Less(t, piece, 40)
			r, err := crsql.Ask(ctx, b.Conn)
			require.NoError(t, err)
			reply, err := crsql.Serve(ctx, a.Conn, r, 7)
			require.NoError(t, err)
			if piece%4 == 1 {
				lost++
				continue
			}
			got, err := crsql.Receive(ctx, b.Conn, reply)
			require.NoError(t, err)
			require.True(t, got.Advanced)
			again, err := crsql.Receive(ctx, b.Conn, reply)
			require.NoError(t, err)
			require.Zero(t, again.Won)
			if piece == 4 {
				write(t, a, "UPDATE n SET a = 100 WHERE id = 1") // was sent, and moves behind
			}
			if !reply.More {
				break
			}
		}
		require.NotZero(t, lost)
		require.Equal(t, contents(t, a), contents(t, b))

		// The second piece without the first brings what it has, and no progress.
		write(t, a, "UPDATE n SET b = 0")
		r, err := crsql.Ask(ctx, b.Conn)
		require.NoError(t, err)
		first, err := crsql.Serve(ctx, a.Conn, r, 20)
		require.NoError(t, err)
		require.True(t, first.More)
		r.Cursors = append(r.Cursors, crsql.SiteCursor{Site: first.Site, Position: first.Next})
		second, err := crsql.Serve(ctx, a.Conn, r, 100)
		require.NoError(t, err)
		got, err := crsql.Receive(ctx, b.Conn, second)
		require.NoError(t, err)
		require.False(t, got.Advanced)
		require.NotZero(t, got.Won)
		_, won := bring(t, b, a)
		require.EqualValues(t, 20, won)
		require.Equal(t, contents(t, a), contents(t, b))
	})
}

// A file that was put back from a copy has the same site id and reaches the same versions, but does not pass for what it
// was; nor does one begun anew under the site id.
func TestExchangeAfterRestore(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		b := exchangers(t, driver, 2)[1]
		file := filepath.Join(t.TempDir(), "a.db")
		a := openExchanger(t, driver, file, 0)
		write(t, a, "INSERT INTO n VALUES(1, 1, 1)")
		bring(t, b, a)
		copied, err := os.ReadFile(file)
		require.NoError(t, err)
		write(t, a, "INSERT INTO n VALUES(2, 2, 2)")
		bring(t, b, a)
		require.NoError(t, a.Close())

		require.NoError(t, os.WriteFile(file, copied, 0o644))
		a = openExchanger(t, driver, file, 0)
		write(t, a, "INSERT INTO n VALUES(3, 3, 3)") // the version that b has merged another life of
		sent, won := bring(t, b, a)
		require.Equal(t, []any{2, int64(2)}, []any{sent, won}, "since what both lives share")
		_, won = bring(t, a, b)
		require.EqualValues(t, 2, won, "what was lost comes back")
		require.Equal(t, contents(t, a), contents(t, b))
		require.NoError(t, a.Close())

		require.NoError(t, os.Remove(file))
		a = openExchanger(t, driver, file, 0)
		write(t, a, "INSERT INTO n VALUES(4, 4, 4)")
		bring(t, b, a)
		bring(t, a, b)
		require.Equal(t, contents(t, a), contents(t, b))
	})
}

func TestExchangeBetweenCopies(t *testing.T) {
	p := exchangers(t, drivers[0], 1)
	r, err := crsql.Ask(context.Background(), p[0].Conn)
	require.NoError(t, err)
	_, err = crsql.Serve(context.Background(), p[0].Conn, r, 0)
	require.ErrorIs(t, err, crsql.ErrSameSite)
}

// A table that is dropped and made again is filled again, and so is a column.
func TestExchangeAfterDrop(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 2)
		a, b := p[0], p[1]
		write(t, a, "INSERT INTO n VALUES(1, 1, 1), (2, 2, 2)")
		bring(t, b, a)
		bring(t, a, b)
		write(t, b, "DROP TABLE n")
		write(t, b, "CREATE TABLE n(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('n')")
		bring(t, b, a)
		require.Equal(t, contents(t, a), contents(t, b))
		write(t, b, "SELECT crsql_begin_alter('n'); ALTER TABLE n DROP COLUMN b; SELECT crsql_commit_alter('n')")
		write(t, a, "UPDATE n SET b = 7 WHERE id = 2")
		bring(t, b, a)
		write(t, b, "SELECT crsql_begin_alter('n'); ALTER TABLE n ADD COLUMN b; SELECT crsql_commit_alter('n')")
		bring(t, b, a)
		require.Equal(t, contents(t, a), contents(t, b))
	})
}

// What a file had before it lost a table does not pass for what it has, neither to itself nor to who receives all from it.
func TestExchangeOverPeerThatDropped(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 3)
		a, b, c := p[0], p[1], p[2]
		write(t, a, "INSERT INTO n VALUES(1, 1, 1)")
		bring(t, b, a)
		write(t, a, "DROP TABLE n")
		write(t, a, "CREATE TABLE n(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('n')")
		write(t, a, "INSERT INTO n VALUES(2, 2, 2)")
		bring(t, c, a)
		bring(t, c, b)
		require.Contains(t, contents(t, c), "1 1 1")
		bring(t, a, b)
		require.Contains(t, contents(t, a), "1 1 1")
	})
}

// What one peer keeps without showing it, because it lacks the column, does not count as sent by it.
func TestExchangeOverPeerWithoutColumn(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 3)
		add := "SELECT crsql_begin_alter('n'); ALTER TABLE n ADD COLUMN c; SELECT crsql_commit_alter('n')"
		write(t, p[0], add)
		write(t, p[2], add)
		write(t, p[0], "INSERT INTO n VALUES(1, 1, 1, 1)")
		bring(t, p[1], p[0])
		bring(t, p[2], p[1])
		bring(t, p[2], p[0])
		require.Equal(t, contents(t, p[0]), contents(t, p[2]))
		write(t, p[1], add)
		require.Equal(t, contents(t, p[0]), contents(t, p[1]))
	})
}

// What was kept for a column and is merged when the next reply comes is not part of that reply.
func TestExchangeOverPeerThatDeclaresColumn(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 4)
		for _, i := range []int{0, 2, 3} {
			write(t, p[i], "SELECT crsql_begin_alter('n'); ALTER TABLE n ADD COLUMN c; SELECT crsql_commit_alter('n')")
		}
		write(t, p[0], "INSERT INTO n VALUES(1, 1, 1, 1)")
		write(t, p[2], "INSERT INTO n VALUES(2, 2, 2, 2)")
		bring(t, p[1], p[0])
		write(t, p[1], "ALTER TABLE n ADD COLUMN c")
		bring(t, p[3], p[2])
		bring(t, p[1], p[2])
		bring(t, p[3], p[1])
		require.Equal(t, contents(t, p[1]), contents(t, p[3]))
		require.Contains(t, contents(t, p[3]), "1 1 1 1")
	})
}

// Deletions are forgotten when all have confirmed, and who lacks them is kept out from then on.
func TestCompact(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		ctx := context.Background()
		p := exchangers(t, driver, 2)
		a, b := p[0], p[1]
		file := filepath.Join(t.TempDir(), "c.db")
		c := openExchanger(t, driver, file, 2)
		write(t, a, "INSERT INTO n VALUES(1, 1, 1), (2, 2, 2)")
		for _, to := range []*peers.Local{b, c} {
			bring(t, to, a)
		}
		old, err := os.ReadFile(file)
		require.NoError(t, err)
		write(t, a, "DELETE FROM n WHERE id = 1")
		bring(t, b, a)
		bring(t, a, b) // a knows of b
		bring(t, c, a)
		n, err := crsql.Compact(ctx, a.Conn)
		require.NoError(t, err)
		require.Zero(t, n, "nobody has confirmed the deletion")
		bring(t, b, a)
		bring(t, c, a)
		n, err = crsql.Compact(ctx, a.Conn)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
		rows, err := a.Query("SELECT (SELECT count(*) FROM n__crsql_pks), crsql_db_version(), (SELECT count(*) FROM crsql_changes WHERE cl = 2)")
		require.NoError(t, err)
		require.Equal(t, [][]string{{"1", "2", "0"}}, quoteRows(rows))

		bring(t, a, c)
		bring(t, b, c)
		bring(t, c, a)
		require.Equal(t, contents(t, a), contents(t, c))

		// The row can be made again, though b and c remember that it was deleted.
		write(t, a, "INSERT INTO n VALUES(1, 'again', 1)")
		bring(t, b, a)
		bring(t, c, a)
		require.Contains(t, contents(t, a), "again")
		require.Equal(t, contents(t, a), contents(t, b))
		require.Equal(t, contents(t, a), contents(t, c))

		// A copy of c from before would bring the row back.
		require.NoError(t, c.Close())
		require.NoError(t, os.WriteFile(file, old, 0o644))
		c = openExchanger(t, driver, file, 2)
		r, err := crsql.Ask(ctx, c.Conn)
		require.NoError(t, err)
		_, err = crsql.Serve(ctx, a.Conn, r, 0)
		require.ErrorIs(t, err, crsql.ErrCompacted)
		r, err = crsql.Ask(ctx, a.Conn)
		require.NoError(t, err)
		reply, err := crsql.Serve(ctx, c.Conn, r, 0)
		require.NoError(t, err)
		_, err = crsql.Receive(ctx, a.Conn, reply)
		require.ErrorIs(t, err, crsql.ErrCompacted)

		// So it would at a peer that was filled from a.
		d := exchangers(t, driver, 4)[3]
		bring(t, d, a)
		r, err = crsql.Ask(ctx, d.Conn)
		require.NoError(t, err)
		reply, err = crsql.Serve(ctx, c.Conn, r, 0)
		require.NoError(t, err)
		_, err = crsql.Receive(ctx, d.Conn, reply)
		require.ErrorIs(t, err, crsql.ErrCompacted)

		// d has not confirmed anything: the next deletion stays, unless d is gone for good.
		write(t, a, "DELETE FROM n")
		bring(t, a, d)
		bring(t, b, a)
		bring(t, b, a)
		_, err = crsql.Compact(ctx, b.Conn)
		require.ErrorIs(t, err, crsql.ErrUnconfirmed)

		// Begun anew, c takes part again.
		require.NoError(t, c.Close())
		require.NoError(t, os.Remove(file))
		c = openExchanger(t, driver, file, 2)
		bring(t, c, a)
		bring(t, a, c)
		require.Equal(t, contents(t, a), contents(t, c))
	})
}

// Many changes are merged by all or nothing.
func TestApplyIsAtomic(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		p := exchangers(t, driver, 2)
		write(t, p[0], "INSERT INTO n VALUES(1, 1, 1)")
		changes := changesOf(t, p[0])
		bad := append(changes, crsql.Change{Table: "nope", PK: []byte{1, 9, 1}, CID: "a", ColVersion: 1, DBVersion: 1, CL: 1})
		_, err := crsql.Apply(context.Background(), p[1].Conn, crsql.Each(bad))
		require.ErrorContains(t, err, "could not find the schema information for table nope")
		require.Equal(t, "[]", contents(t, p[1]))
		tx, err := p[1].Conn.BeginTx(context.Background(), nil)
		require.NoError(t, err)
		_, err = crsql.Apply(context.Background(), tx, crsql.Each(bad))
		require.Error(t, err)
		won, err := crsql.Apply(context.Background(), tx, crsql.Each(changes))
		require.NoError(t, err)
		require.EqualValues(t, 2, won)
		require.NoError(t, tx.Commit())
		require.Equal(t, contents(t, p[0]), contents(t, p[1]))

		pool, err := sql.Open(driver, filepath.Join(t.TempDir(), "pool.db"))
		require.NoError(t, err)
		defer pool.Close()
		_, err = pool.Exec("CREATE TABLE n(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('n')")
		require.NoError(t, err)
		won, err = crsql.Apply(context.Background(), pool, crsql.Each(changes))
		require.NoError(t, err)
		require.EqualValues(t, 2, won)
		for c, err := range crsql.Changes(context.Background(), p[1].Conn, 0, changes[0].Site) {
			require.Fail(t, "not asked for", "%v %v", c, err)
		}
	})
}

// Programs on one file may exchange at the same time: each waits for its turn.
func TestExchangeByTwo(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		from := exchangers(t, driver, 1)[0]
		file := filepath.Join(t.TempDir(), "to.db")
		to := openExchanger(t, driver, file, 1)
		write(t, to, "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 10000")
		other, err := peers.Open(driver, file)
		require.NoError(t, err)
		defer other.Close()
		write(t, other, "PRAGMA busy_timeout = 10000")
		failed := make(chan error)
		for _, p := range []*peers.Local{to, other} {
			go func() {
				var err error
				for range 40 {
					if _, e := crsql.Ask(context.Background(), p.Conn); e != nil {
						err = e
					}
				}
				failed <- err
			}()
		}
		require.NoError(t, <-failed)
		require.NoError(t, <-failed)
		write(t, from, "INSERT INTO n VALUES(1, 1, 1)")
		bring(t, to, from)
		bring(t, other, from)
		require.Equal(t, contents(t, from), contents(t, other))
	})
}
