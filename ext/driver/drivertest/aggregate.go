package drivertest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Median is an aggregate function as programs register them: the lower median of integers. NULLs are passed over.
type Median struct{ values []int64 }

// Step takes in a value.
func (m *Median) Step(x any) error {
	switch x := x.(type) {
	case nil:
	case int64:
		m.values = append(m.values, x)
	default:
		return errors.New("median: not an integer")
	}
	return nil
}

// Done returns the median, nil of nothing.
func (m *Median) Done() any {
	if len(m.values) == 0 {
		return nil
	}
	slices.Sort(m.values)
	return m.values[(len(m.values)-1)/2]
}

// Views with an aggregate that the program registered are right after every statement, and fail with the aggregate.
func testViewsWithRegisteredAggregate(t *testing.T) {
	db := open(t, "")
	run(t, db, "CREATE TABLE g(id INTEGER PRIMARY KEY, k INT, x); CREATE TABLE d(k INT PRIMARY KEY, name TEXT);"+
		"INSERT INTO d VALUES (0, 'zero'), (1, 'one'), (2, 'two'), (7, 'seven')")
	definitions := []string{
		"SELECT k, median(x) AS m FROM g GROUP BY k",
		"SELECT median(x) AS m, count(*) AS n FROM g",
		"SELECT k, median(DISTINCT x) AS m, median(x) FILTER (WHERE x > 3) AS f FROM g GROUP BY k HAVING median(x) > 2",
		"SELECT d.name, median(g.x) + sum(g.x) AS m FROM d LEFT JOIN g ON g.k = d.k GROUP BY d.k",
		"SELECT name, (SELECT median(x) FROM g WHERE g.k = d.k) AS m, (SELECT median(x) FROM g WHERE g.k < d.k) AS l FROM d",
		"SELECT name FROM d WHERE EXISTS (SELECT median(x) FROM g WHERE g.k = d.k HAVING median(x) > 4)",
		"SELECT k, (SELECT count(*) FROM d WHERE d.k < median(g.x)) AS n FROM g GROUP BY k",
		"SELECT median(m) AS m FROM (SELECT median(x) AS m FROM g GROUP BY k)",
		"SELECT k, json_group_array(x ORDER BY x, id) AS a, string_agg(x, '+' ORDER BY x DESC) AS s, json_group_object(id, x ORDER BY id) AS o FROM g GROUP BY k",
	}
	var percentiles bool
	if rows, err := db.Query("SELECT percentile(1, 50)"); err == nil {
		percentiles = true
		require.NoError(t, rows.Close())
		definitions = append(definitions, "SELECT k, percentile(x, 50) AS p, percentile_cont(x, 0.25) AS c, percentile_disc(x, 0.75) AS d FROM g GROUP BY k")
	}
	t.Logf("SQLite has percentile(): %v", percentiles)
	for i, q := range definitions {
		run(t, db, fmt.Sprintf("CREATE MATERIALIZED VIEW v%d AS %s", i, q))
	}
	check := func(r runner) {
		for i, q := range definitions {
			same(t, r, fmt.Sprintf("v%d", i), q)
		}
	}
	check(db)
	r := rand.New(rand.NewPCG(9, 9))
	statement := func() string {
		switch r.IntN(4) {
		case 0:
			return fmt.Sprintf("DELETE FROM g WHERE id %% 7 = %d", r.IntN(7))
		case 1:
			return fmt.Sprintf("UPDATE g SET x = x + 1, k = (k + 1) %% 3 WHERE id %% 5 = %d", r.IntN(5))
		}
		return fmt.Sprintf("INSERT INTO g(k, x) VALUES (%d, %d), (%d, NULL), (%d, %d)", r.IntN(3), r.IntN(9), r.IntN(3), r.IntN(4), r.IntN(9))
	}
	for range 25 {
		run(t, db, statement())
		check(db)
	}
	for range 4 {
		tx, err := db.BeginTx(context.Background(), &sql.TxOptions{})
		require.NoError(t, err)
		for range 4 {
			run(t, tx, statement())
			check(tx)
		}
		if r.IntN(2) == 0 {
			require.NoError(t, tx.Rollback())
		} else {
			require.NoError(t, tx.Commit())
		}
		check(db)
	}
	run(t, db, "INSERT INTO g VALUES (1000, 1, 'no integer')")
	for _, i := range []int{0, 1, 4} {
		rows, err := db.Query(fmt.Sprintf("SELECT * FROM v%d", i))
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			require.NoError(t, rows.Close())
		}
		require.ErrorContains(t, err, "median: not an integer")
	}
	run(t, db, "DELETE FROM g WHERE id = 1000")
	check(db)
}
