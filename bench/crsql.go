package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// The table that replicates, and what cr-sqlite keeps beside it.
const (
	crsqlTable = "CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a INTEGER, b TEXT, c REAL)"
	crsqlRows  = 200_000
	// crsqlSource is what is inserted, from memory.
	crsqlSource = `CREATE TEMP TABLE source AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT %d)
		SELECT i AS id, i * 7 %% 1000 AS a, 'text ' || i %% 5000 AS b, i / 3.0 AS c FROM n`
	crsqlLayout = `
		CREATE TABLE k(__crsql_key INTEGER PRIMARY KEY, id);
		CREATE UNIQUE INDEX k_pks ON k(id);
		CREATE TABLE clock(key INTEGER NOT NULL, col_name TEXT NOT NULL, col_version INTEGER NOT NULL, db_version INTEGER NOT NULL,
			site_id INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL, PRIMARY KEY(key, col_name)) WITHOUT ROWID, STRICT;
		CREATE INDEX clock_dbv_idx ON clock(db_version)`
	crsqlFill = `INSERT INTO k(id) SELECT id FROM t;
		INSERT INTO clock SELECT __crsql_key, name, 1, 1, 0, (__crsql_key - 1) * 3 + place
			FROM k CROSS JOIN (SELECT 0 AS place, 'a' AS name UNION ALL SELECT 1, 'b' UNION ALL SELECT 2, 'c')`
)

// measureReplication measures what replicating costs: inserts and merges against the same rows in a plain table, and
// against filling the tables that cr-sqlite's layout asks for set-wise by hand, which is the floor.
func measureReplication(dir string, runs int) error {
	type measure func(path string) (time.Duration, error)
	out := table.NewWriter()
	out.SetOutputMirror(os.Stdout)
	out.AppendHeader(table.Row{"load", "rows/s", "of plain", "of set-wise"})
	loads := []struct {
		name string
		per  int
		run  measure
	}{
		{"plain table", crsqlRows, insertInto(crsqlTable, "")},
		{"layout, set-wise", crsqlRows, insertInto(crsqlTable+";"+crsqlLayout, crsqlFill)},
		{"replicated table", crsqlRows, insertInto(crsqlTable+"; SELECT crsql_as_crr('t')", "")},
		{"plain table, row by row", crsqlRows, rowByRow(crsqlTable, "")},
		{"layout, row by row, then set-wise", crsqlRows, rowByRow(crsqlTable+";"+crsqlLayout, crsqlFill)},
		{"replicated table, row by row", crsqlRows, rowByRow(crsqlTable+"; SELECT crsql_as_crr('t')", "")},
		{"updates of a column, plain", crsqlRows, then("", "UPDATE t SET a = a + 1")},
		{"updates of a column, replicated", crsqlRows, then("SELECT crsql_as_crr('t')", "UPDATE t SET a = a + 1")},
		{"deletes, replicated", crsqlRows, then("SELECT crsql_as_crr('t')", "DELETE FROM t WHERE id > 0")},
		{"INSERT INTO crsql_changes SELECT, changes", 3 * crsqlRows, mergeChanges(1, insertChanges)},
		{"the same again, changes", 3 * crsqlRows, mergeChanges(2, insertChanges)},
		{"crsql.Apply, changes", 3 * crsqlRows, mergeChanges(1, applyChanges)},
		{"the same again, changes", 3 * crsqlRows, mergeChanges(2, applyChanges)},
		{"read changes", 3 * crsqlRows, then("SELECT crsql_as_crr('t')",
			"SELECT count(pk), count(val), count(site_id), sum(length(cid) + seq + cl + col_version + db_version) FROM crsql_changes")},
	}
	times := make([][]time.Duration, len(loads))
	for r := range runs {
		for i, l := range loads {
			d, err := l.run(filepath.Join(dir, fmt.Sprintf("%d-%d.db", r, i)))
			if err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
			times[i] = append(times[i], d)
		}
	}
	rate := func(i int) float64 { return float64(loads[i].per) / median(times[i]).Seconds() }
	for i, l := range loads {
		out.AppendRow(table.Row{l.name, fmt.Sprintf("%.0f", rate(i)), fmt.Sprintf("%.2f", rate(i)/rate(0)), fmt.Sprintf("%.2f", rate(i)/rate(1))})
	}
	out.Render()
	if err := sizes(dir); err != nil {
		return err
	}
	if err := lastPull(filepath.Join(dir, "pull.db")); err != nil {
		return err
	}
	return measureOriginal(dir)
}

// prepared opens a new file with the source in it, and the given schema.
func prepared(path, schema string, rows int) (*sql.DB, error) {
	db, err := fresh(path)
	if err != nil {
		return nil, err
	}
	for _, text := range []string{fmt.Sprintf(crsqlSource, rows), schema} {
		if _, err := db.Exec(text); err != nil {
			db.Close()
			return nil, err
		}
	}
	return db, nil
}

const insertSource = "INSERT INTO t SELECT id, a, b, c FROM source ORDER BY id"

// insertInto measures inserting the source in one transaction.
func insertInto(schema, more string) func(path string) (time.Duration, error) {
	return func(path string) (time.Duration, error) {
		db, err := prepared(path, schema, crsqlRows)
		if err != nil {
			return 0, err
		}
		defer db.Close()
		return timed(db, insertSource+";"+more)
	}
}

// rowByRow measures the same by a statement for each row.
func rowByRow(schema, more string) func(path string) (time.Duration, error) {
	return func(path string) (time.Duration, error) {
		db, err := prepared(path, schema, 1)
		if err != nil {
			return 0, err
		}
		defer db.Close()
		start := clock()
		tx, err := db.Begin()
		if err != nil {
			return 0, err
		}
		defer tx.Rollback()
		insert, err := tx.Prepare("INSERT INTO t VALUES(?, ?, ?, ?)")
		if err != nil {
			return 0, err
		}
		defer insert.Close()
		for i := range crsqlRows {
			if _, err := insert.Exec(i, i*7%1000, "a text", float64(i)/3); err != nil {
				return 0, err
			}
		}
		if _, err := tx.Exec(more); err != nil {
			return 0, err
		}
		if err := tx.Commit(); err != nil {
			return 0, err
		}
		return clock() - start, nil
	}
}

// timed runs statements in one transaction.
func timed(db *sql.DB, text string) (time.Duration, error) {
	start := clock()
	tx, err := db.Begin()
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(text); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	return clock() - start, nil
}

// then measures a statement over the filled table.
func then(setup, text string) func(path string) (time.Duration, error) {
	return func(path string) (time.Duration, error) {
		db, err := prepared(path, crsqlTable+";"+setup, crsqlRows)
		if err != nil {
			return 0, err
		}
		defer db.Close()
		if _, err := db.Exec(insertSource); err != nil {
			return 0, err
		}
		return timed(db, text)
	}
}

// insertChanges merges what lies in x.changes by SQL.
func insertChanges(db *sql.DB) (func() error, error) {
	return func() error {
		_, err := timed(db, "INSERT INTO crsql_changes SELECT * FROM x.changes")
		return err
	}, nil
}

// applyChanges merges it by the Go API, from memory.
func applyChanges(db *sql.DB) (func() error, error) {
	rows, err := db.Query("SELECT * FROM x.changes")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var changes []crsql.Change
	for rows.Next() {
		var (
			c   crsql.Change
			val any
		)
		if err := rows.Scan(&c.Table, &c.PK, &c.CID, &val, &c.ColVersion, &c.DBVersion, &c.Site, &c.CL, &c.Seq); err != nil {
			return nil, err
		}
		switch v := val.(type) {
		case int64:
			c.Val = dbsp.NewInteger(v)
		case float64:
			c.Val = dbsp.NewReal(v)
		case string:
			c.Val = dbsp.NewText(v)
		}
		changes = append(changes, c)
	}
	return func() error {
		ctx := context.Background()
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = crsql.Apply(ctx, conn, crsql.Each(changes))
		return err
	}, rows.Err()
}

// mergeChanges measures merging what another file sent, the given number of times; the last counts.
func mergeChanges(times int, how func(db *sql.DB) (func() error, error)) func(path string) (time.Duration, error) {
	return func(path string) (took time.Duration, err error) {
		from, err := prepared(path+"-from", crsqlTable+"; SELECT crsql_as_crr('t')", crsqlRows)
		if err != nil {
			return 0, err
		}
		defer from.Close()
		exchange := path + "-exchange"
		if _, err := from.Exec(insertSource + "; ATTACH '" + exchange + "' AS x; CREATE TABLE x.changes(\"table\", pk, cid, val, col_version, db_version, site_id, cl, seq); INSERT INTO x.changes SELECT * FROM crsql_changes"); err != nil {
			return 0, err
		}
		db, err := prepared(path, crsqlTable+"; SELECT crsql_as_crr('t'); ATTACH '"+exchange+"' AS x", 1)
		if err != nil {
			return 0, err
		}
		defer db.Close()
		merge, err := how(db)
		if err != nil {
			return 0, err
		}
		for range times {
			runtime.GC()
			start := clock()
			if err := merge(); err != nil {
				return 0, err
			}
			took = clock() - start
		}
		return took, nil
	}
}

// sizes prints what a row takes on disk.
func sizes(dir string) error {
	for _, v := range []struct{ name, setup string }{{"plain", ""}, {"replicated", "SELECT crsql_as_crr('t')"}} {
		db, err := prepared(filepath.Join(dir, "size-"+v.name), crsqlTable+";"+v.setup, 50_000)
		if err != nil {
			return err
		}
		defer db.Close()
		if _, err := db.Exec(insertSource); err != nil {
			return err
		}
		var bytes float64
		if err := db.QueryRow("SELECT page_count * page_size / 50000.0 FROM pragma_page_count, pragma_page_size").Scan(&bytes); err != nil {
			return err
		}
		fmt.Printf("%s: %.1f bytes a row\n", v.name, bytes)
	}
	return nil
}

// lastPull prints how long the pull of the last transaction out of a million changes takes.
func lastPull(path string) error {
	const rows = 333_334
	db, err := prepared(path, crsqlTable+"; SELECT crsql_as_crr('t')", rows)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec(insertSource); err != nil {
		return err
	}
	if _, err := db.Exec("UPDATE t SET b = 'last' WHERE id % 100000 = 7"); err != nil {
		return err
	}
	var all int
	if err := db.QueryRow("SELECT count(*) FROM crsql_changes").Scan(&all); err != nil {
		return err
	}
	var times []time.Duration
	n := 0
	for range 101 {
		start := clock()
		rows, err := db.Query("SELECT * FROM crsql_changes WHERE db_version > ? AND site_id IS NOT ? ORDER BY db_version, seq", 1, []byte("0123456789abcdef"))
		if err != nil {
			return err
		}
		for n = 0; rows.Next(); n++ {
		}
		if err := rows.Close(); err != nil {
			return err
		}
		times = append(times, clock()-start)
	}
	fmt.Printf("the last %d of %d changes: %v\n", n, all, median(times))
	return nil
}
