package crsql_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Random statements, some of which fail, in transactions with savepoints, some of which are taken back: whoever pulls what is
// new after each commit has the same rows, no change of a version has another's number, and rows live as their clocks say.
func TestRandomLocalHistories(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) { randomLocalHistory(t, l.driver, seed) })
		}
	})
}

func randomLocalHistory(t *testing.T, driver string, seed uint64) {
	const tables = `CREATE TABLE t(x INTEGER NOT NULL, y TEXT NOT NULL, a, b DEFAULT 7 CHECK(b IS NOT 'bad'), c, PRIMARY KEY(x, y));
		CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, a); CREATE TABLE k(id NOT NULL PRIMARY KEY) WITHOUT ROWID;`
	// Triggers run in the opposite order of their making. Where OR FAIL ends in one, SQLite does not run those that are left,
	// and keeps the row: so those that record must come first.
	const trigger = `CREATE TRIGGER copy AFTER INSERT ON t WHEN NEW.a = 3 BEGIN INSERT OR REPLACE INTO u VALUES(NEW.x, NEW.y);
		DELETE FROM k WHERE id = NEW.x; END;`
	const replicate = "SELECT crsql_as_crr('t'); SELECT crsql_as_crr('u'); SELECT crsql_as_crr('k')"
	a, b := openLeaf(t, driver, ":memory:"), openLeaf(t, driver, ":memory:")
	a.t, b.t = t, t
	a.exec(tables + trigger + replicate)
	b.exec(tables + replicate)
	rng := rand.New(rand.NewPCG(seed, 9))
	n := func(limit int) int { return rng.IntN(limit) }
	key := func() string { return fmt.Sprintf("%d, '%c'", n(6), 'p'+rune(n(2))) }
	value := func() string { return []string{"1", "2", "3", "'text'", "NULL", "x'00'", "1.5", "'bad'"}[n(8)] }
	or := func() string { return []string{"", "", "", "OR REPLACE ", "OR IGNORE ", "OR FAIL "}[n(6)] }
	statement := func() string {
		switch n(9) {
		case 0, 1:
			rows := make([]string, 1+n(4))
			for i := range rows {
				rows[i] = "(" + key() + ", " + value() + ", " + value() + ")"
			}
			return "INSERT " + or() + "INTO t(x, y, a, b) VALUES" + strings.Join(rows, ", ")
		case 2:
			return fmt.Sprintf("INSERT INTO t(x, y, c) VALUES(%s, %s) ON CONFLICT DO UPDATE SET c = excluded.c", key(), value())
		case 3:
			return fmt.Sprintf("UPDATE %st SET %s = %s WHERE x %% 3 = %d", or(), []string{"a", "b", "c"}[n(3)], value(), n(3))
		case 4:
			return fmt.Sprintf("UPDATE %st SET (x, y, a) = (%s, %s) WHERE (x, y) = (%s)", or(), key(), value(), key())
		case 5:
			return fmt.Sprintf("DELETE FROM t WHERE x = %d", n(6))
		case 6:
			return fmt.Sprintf("INSERT %sINTO u VALUES(%d, %s), (%d, %s)", or(), n(6), value(), n(6), value())
		case 7:
			return fmt.Sprintf("INSERT %sINTO k SELECT x FROM t WHERE a IS NOT %s", or(), value())
		}
		return fmt.Sprintf("DELETE FROM %s WHERE id = %d", []string{"u", "k"}[n(2)], n(6))
	}
	since := int64(0)
	for range 60 {
		transaction := n(4) > 0
		var open []string
		if transaction {
			a.exec("BEGIN")
		}
		for range 1 + n(8) {
			switch {
			case transaction && n(5) == 0:
				open = append(open, fmt.Sprintf("s%d", len(open)))
				a.exec("SAVEPOINT " + open[len(open)-1])
			case len(open) > 0 && n(4) == 0:
				i := n(len(open))
				a.exec("ROLLBACK TO " + open[i])
				open = open[:i+1]
			case len(open) > 0 && n(4) == 0:
				i := n(len(open))
				a.exec("RELEASE " + open[i])
				open = open[:i]
			default:
				_, _ = a.rows(statement()) // constraints may refuse it, or a part
			}
		}
		if transaction {
			a.exec([]string{"COMMIT", "COMMIT", "COMMIT", "ROLLBACK"}[n(4)])
		}
		changes := crsql.Changes(context.Background(), a, since)
		if seed%2 == 0 {
			_, err := crsql.Apply(context.Background(), b, changes)
			require.NoError(t, err)
		} else {
			b.exec("BEGIN")
			for c, err := range changes {
				require.NoError(t, err)
				b.exec("INSERT INTO crsql_changes VALUES(?, ?, ?, "+sqlText(c.Val)+", ?, ?, ?, ?, ?)", c.Table, c.PK, c.CID, c.ColVersion, c.DBVersion, c.Site, c.CL, c.Seq)
			}
			b.exec("COMMIT")
		}
		for _, table := range []string{"t", "u", "k"} {
			all := "SELECT * FROM " + table + " ORDER BY " + map[string]string{"t": "x, y", "u": "id", "k": "id"}[table]
			require.Equal(t, a.ask(all), b.ask(all))
		}
		for _, alive := range []string{
			// A row lives if its causal length is odd, and then it has one where it has clocks.
			"SELECT id FROM u WHERE NOT EXISTS (SELECT 1 FROM u__crsql_pks AS p JOIN u__crsql_clock AS c ON c.key = p.__crsql_key WHERE p.id = u.id)",
			"SELECT p.id FROM u__crsql_pks AS p JOIN u__crsql_clock AS c ON c.key = p.__crsql_key AND c.col_name = '-1' WHERE (c.col_version % 2 = 1) <> EXISTS (SELECT 1 FROM u WHERE u.id = p.id)",
			"SELECT p.id FROM k__crsql_pks AS p JOIN k__crsql_clock AS c ON c.key = p.__crsql_key AND c.col_name = '-1' WHERE (c.col_version % 2 = 1) <> EXISTS (SELECT 1 FROM k WHERE k.id = p.id)",
			"SELECT key FROM t__crsql_clock AS c WHERE col_name <> '-1' AND NOT EXISTS (SELECT 1 FROM t__crsql_pks AS p JOIN t ON t.x = p.x AND t.y = p.y WHERE p.__crsql_key = c.key)",
		} {
			require.Empty(t, a.ask(alive), alive)
		}
		version := a.ask("SELECT crsql_db_version()")
		require.Equal(t, version, a.ask("SELECT coalesce(max(db_version), 0) FROM crsql_changes UNION SELECT crsql_db_version()"), "no version without a change")
		_, err := fmt.Sscan(version[0], &since)
		require.NoError(t, err)
		require.Empty(t, a.ask("SELECT db_version, seq FROM crsql_changes GROUP BY 1, 2 HAVING count(*) > 1"))
	}
}

// sqlText spells a value in SQL.
func sqlText(v dbsp.Value) string {
	switch v.Kind() {
	case dbsp.Text:
		return quoted(v.Str())
	case dbsp.Blob:
		return quoted([]byte(v.Str()))
	case dbsp.Integer:
		return quoted(v.Int())
	case dbsp.Real:
		return quoted(v.Real())
	}
	return "NULL"
}
