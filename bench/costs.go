package main

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"time"
)

const million = 1000000

const numbers = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 1000000) "

// costs measures what capture adds to a row, and what reading a view costs beside reading tables, each the fastest of runs.
func costs(path string, runs int) error {
	const (
		given    = numbers + "INSERT INTO orders(id, customer, region, amount) SELECT i, i % 1000, 'r', 1.0 FROM t"
		chosen   = numbers + "INSERT INTO orders(customer, region, amount) SELECT i % 1000, 'r', 1.0 FROM t"
		replaces = numbers + "INSERT OR REPLACE INTO orders(id, customer, region, amount) SELECT i, i % 1000, 'r', 1.0 FROM t"
	)
	// A table is armed, with a trigger that stashes what REPLACE removes, once it has seen one.
	for _, c := range []struct {
		name, insert string
		armed        bool
	}{
		{"rowid given", given, false},
		{"rowid chosen", chosen, false},
		{"rowid given, armed", given, true},
		{"rowid chosen, armed", chosen, true},
		{"REPLACE", replaces, true},
	} {
		var plain, captured []time.Duration
		for range runs {
			for _, into := range []*[]time.Duration{&plain, &captured} {
				d, err := captureCost(path, c.insert, into == &captured, c.armed)
				if err != nil {
					return err
				}
				*into = append(*into, d)
			}
		}
		p, w := slices.Min(plain), slices.Min(captured) // what else the machine does only adds
		fmt.Printf("capture, 1,000,000 rows, %-20s %v without, %v with: %.2f µs a row\n", c.name+":", round(p), round(w),
			float64((w-p).Nanoseconds())/1000/million)
	}
	return readCosts(path, runs)
}

// captureCost times an insert of a million rows, under a view that few of them concern or under none; it is taken back, so
// that no step and no commit is in it.
func captureCost(path, insert string, view, armed bool) (time.Duration, error) {
	db, err := fresh(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if view {
		if _, err := db.Exec("CREATE MATERIALIZED VIEW v AS SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region"); err != nil {
			return 0, err
		}
	}
	if view && armed {
		if _, err := db.Exec("INSERT OR REPLACE INTO orders(id, region) VALUES(-1, 'x'); DELETE FROM orders"); err != nil {
			return 0, err
		}
	}
	if _, err := db.Exec("BEGIN"); err != nil {
		return 0, err
	}
	start := clock()
	if _, err := db.Exec(insert); err != nil {
		return 0, err
	}
	d := clock() - start
	_, err = db.Exec("ROLLBACK")
	return d, err
}

func fresh(path string) (*sql.DB, error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(path + suffix)
	}
	db, err := open(path)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// readCosts times full scans and point lookups of a view with 1,000,000 groups.
func readCosts(path string, runs int) error {
	db, err := fresh(path)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range []string{
		numbers + "INSERT INTO orders(customer, region, amount) SELECT i, 'r', i * 0.25 FROM t",
		"CREATE MATERIALIZED VIEW v AS SELECT customer, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer",
		"CREATE TABLE summary(customer INT PRIMARY KEY, n INT, total REAL) WITHOUT ROWID",
		"INSERT INTO summary SELECT customer, n, total FROM v",
	} {
		if _, err := db.Exec(s); err != nil {
			return err
		}
	}
	scan := func(table string) (time.Duration, error) {
		var n, sum sql.NullFloat64
		start := clock()
		err := db.QueryRow("SELECT sum(n), sum(total) FROM "+table).Scan(&n, &sum)
		return clock() - start, err
	}
	lookup := func(table string) (time.Duration, error) {
		st, err := db.Prepare("SELECT n, total FROM " + table + " WHERE customer = ?")
		if err != nil {
			return 0, err
		}
		defer st.Close()
		start := clock()
		for i := range 20000 {
			var n, total float64
			if err := st.QueryRow(i*7919%million+1).Scan(&n, &total); err != nil {
				return 0, err
			}
		}
		return (clock() - start) / 20000, nil
	}
	for _, c := range []struct {
		name, view, table string
		run               func(string) (time.Duration, error)
	}{
		{"scan of 1,000,000 rows", "v", "__internal_dbsp_state_out_v", scan},
		{"lookup by group key", "v", "summary", lookup},
	} {
		times := map[string][]time.Duration{}
		for range runs {
			for _, t := range []string{c.view, c.table} {
				d, err := c.run(t)
				if err != nil {
					return err
				}
				times[t] = append(times[t], d)
			}
		}
		v, t := slices.Min(times[c.view]), slices.Min(times[c.table])
		fmt.Printf("%s: %v of the view, %v of %s: %.2f times\n", c.name, v.Round(100*time.Nanosecond), t.Round(100*time.Nanosecond), c.table, float64(v)/float64(t))
	}
	return nil
}

func median(ds []time.Duration) time.Duration {
	slices.Sort(ds)
	return ds[len(ds)/2]
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
