package drivertest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testPoolOfManyConnections(t *testing.T) {
	db := open(t, "?"+subject.BusyTimeout(20000)+"&_txlock=immediate&_journal_mode=WAL&_synchronous=OFF")
	db.SetMaxOpenConns(8)
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion)
	const writers, each = 4, 25
	errs := make(chan error, 2*writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				tx, err := db.Begin()
				if err != nil {
					errs <- err
					return
				}
				_, err = tx.Exec("INSERT INTO orders(region, amount) VALUES(?, ?), ('all', 1)", fmt.Sprint("w", w), i)
				if err == nil && i%5 == 4 {
					err = tx.Rollback()
				} else if err == nil {
					err = tx.Commit()
				}
				if err != nil {
					errs <- errors.Join(err, tx.Rollback())
					return
				}
			}
		})
		wg.Go(func() {
			for range each {
				// One statement reads view and table at one moment.
				var differences int
				err := db.QueryRow("SELECT count(*) FROM (SELECT * FROM (" + byRegion + ") EXCEPT SELECT * FROM v)").Scan(&differences)
				if err == nil && differences != 0 {
					err = fmt.Errorf("%d rows differ", differences)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, [][]any{{int64(writers * each * 4 / 5)}}, ask(t, db, "SELECT n FROM v WHERE region = 'all'"))
	same(t, db, "v", byRegion)
}

// endless is a query that does not end by itself; it reads the view in its loop.
const endless = `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + (SELECT count(*) FROM v WHERE region = 'east') FROM c)
	SELECT max(x) FROM c`

func testCancellation(t *testing.T) {
	for _, dsn := range []string{":memory:", ""} {
		t.Run("file"+dsn, func(t *testing.T) {
			db := openFile(t, ":memory:")
			if dsn == "" {
				db = open(t, "?"+subject.BusyTimeout(5000))
			}
			db.SetMaxOpenConns(1)
			run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion+
				"; CREATE TABLE big AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1500) SELECT x FROM c")
			for _, text := range []string{
				endless,
				"REFRESH MATERIALIZED VIEW v; " + endless,
				"DROP MATERIALIZED VIEW IF EXISTS nix; " + endless + "; DROP MATERIALIZED VIEW v",
				"CREATE MATERIALIZED VIEW w AS SELECT a.x + b.x AS s, count(*) AS n FROM big a, big b GROUP BY 1",
				"INSERT INTO orders(region, amount) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'new', x FROM c",
			} {
				ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
				start := time.Now()
				rows, err := db.QueryContext(ctx, text)
				if err == nil {
					for rows.Next() {
					}
					err = rows.Err()
					rows.Close()
				}
				require.ErrorIs(t, err, context.DeadlineExceeded, text)
				require.Less(t, time.Since(start), 5*time.Second, text)
				_, err = db.ExecContext(ctx, text)
				require.ErrorIs(t, err, context.DeadlineExceeded, "already over: %s", text)
				cancel()
				same(t, db, "v", byRegion)
				require.Empty(t, ask(t, db, "SELECT name FROM sqlite_master WHERE name LIKE '%w' AND name NOT LIKE '%v%'"))
			}

			// In a transaction the statement goes, the transaction stays as SQLite left it.
			tx, err := db.Begin()
			require.NoError(t, err)
			run(t, tx, "INSERT INTO orders(region, amount) VALUES('kept', 1)")
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			_, err = tx.ExecContext(ctx, endless)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			same(t, tx, "v", byRegion)
			require.NoError(t, tx.Commit())
			require.Equal(t, [][]any{{int64(1)}}, ask(t, db, "SELECT n FROM v WHERE region = 'kept'"))
			same(t, db, "v", byRegion)
		})
	}
}

func testCancelledTransactionRollsBack(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion)
	ctx, cancel := context.WithCancel(context.Background())
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	run(t, tx, "DELETE FROM orders; DROP MATERIALIZED VIEW v")
	cancel()
	require.Eventually(t, func() bool { _, err := tx.Exec("SELECT 1"); return err != nil }, 5*time.Second, time.Millisecond)
	same(t, db, "v", byRegion)
	require.Len(t, ask(t, db, "SELECT * FROM v"), 2)
}

// A connection that has a statement left stays open when it is closed: the last one out would leave the WAL behind.
func testClosingAfterAFailedCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := openFile(t, path)
	db.SetMaxOpenConns(1)
	run(t, db, "PRAGMA journal_mode=WAL; CREATE TABLE big(x);"+
		"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300) INSERT INTO big SELECT x FROM c")
	pages := ask(t, db, "PRAGMA page_count")[0][0].(int64)
	_, err := db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+20) +
		"; CREATE MATERIALIZED VIEW v AS SELECT a.x * b.x AS p, max(a.x + b.x) AS m FROM big a JOIN big b ON a.x % 10 = b.x % 10 GROUP BY 1")
	require.ErrorContains(t, err, "full")
	require.FileExists(t, path+"-wal")
	require.NoError(t, db.Close())
	require.NoFileExists(t, path+"-wal")
}

// A loop that writes while it reads a view sees each row once.
func testWritingWhileReading(t *testing.T) {
	db := open(t, "")
	run(t, db, orders+"CREATE MATERIALIZED VIEW v AS "+byRegion)
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	rows, err := tx.Query("SELECT region FROM v")
	require.NoError(t, err)
	n := 0
	for ; rows.Next(); n++ {
		var region string
		require.NoError(t, rows.Scan(&region))
		run(t, tx, "INSERT INTO orders(region, amount) VALUES(?, 1)", region+"'")
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 2, n)
	same(t, tx, "v", byRegion)
	require.NoError(t, tx.Commit())
	same(t, db, "v", byRegion)
	require.Len(t, ask(t, db, "SELECT * FROM v"), 4)
}
