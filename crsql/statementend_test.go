package crsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const clockOfT = `SELECT key, col_name, col_version, db_version, site_id, seq FROM t__crsql_clock ORDER BY db_version, seq`

// The clocks of new rows are written at their statement's end, whatever that is: they are there for whoever reads next.
func TestClocksAreThereWhenTheStatementEnds(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, b, a); SELECT crsql_as_crr('t')")
		l.exec("INSERT INTO t VALUES(1, 2, 3), (2, 3, 4)") // by itself
		want := []string{"1|'b'|1|1|0|0", "1|'a'|1|1|0|1", "2|'b'|1|1|0|2", "2|'a'|1|1|0|3"}
		require.Equal(t, want, l.ask(clockOfT))

		l.exec("BEGIN; INSERT INTO t VALUES(3, 0, 0), (4, 0, 0)") // in a transaction
		want = append(want, "3|'b'|1|2|0|0", "3|'a'|1|2|0|1", "4|'b'|1|2|0|2", "4|'a'|1|2|0|3")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("INSERT INTO t(id) VALUES(5)")
		want = append(want, "5|'b'|1|2|0|4", "5|'a'|1|2|0|5")
		require.Equal(t, want, l.ask(clockOfT))

		l.exec("SAVEPOINT s; INSERT INTO t(id) VALUES(6), (7); SAVEPOINT s2; INSERT INTO t(id) VALUES(8)")
		require.Len(t, l.ask(clockOfT), len(want)+6)
		l.exec("ROLLBACK TO s2; RELEASE s2")
		require.Len(t, l.ask(clockOfT), len(want)+4)
		l.exec("ROLLBACK TO s")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("INSERT INTO t(id) VALUES(6), (7); RELEASE s") // counts on from where the savepoint began
		want = append(want, "6|'b'|1|2|0|6", "6|'a'|1|2|0|7", "7|'b'|1|2|0|8", "7|'a'|1|2|0|9")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("COMMIT")
		require.Equal(t, want, l.ask(clockOfT))

		// Savepoints that are the transaction.
		l.exec("SAVEPOINT s; INSERT INTO t(id) VALUES(8); RELEASE s")
		want = append(want, "8|'b'|1|3|0|0", "8|'a'|1|3|0|1")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("SAVEPOINT s; INSERT INTO t(id) VALUES(9); ROLLBACK TO s; INSERT INTO t(id) VALUES(10); RELEASE s")
		want = append(want, "9|'b'|1|4|0|0", "9|'a'|1|4|0|1") // the key 9 was given back
		require.Equal(t, want, l.ask(clockOfT))

		// A statement that fails midway leaves nothing, or, when asked to, what it did before.
		l.exec("BEGIN")
		l.fails("INSERT INTO t(id) VALUES(20), (21), (1)")
		require.Equal(t, want, l.ask(clockOfT))
		l.fails("INSERT OR FAIL INTO t(id) VALUES(20), (1)")
		want = append(want, "10|'b'|1|5|0|0", "10|'a'|1|5|0|1")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("INSERT OR IGNORE INTO t(id) VALUES(21), (1), (22)")
		want = append(want, "11|'b'|1|5|0|2", "11|'a'|1|5|0|3", "12|'b'|1|5|0|4", "12|'a'|1|5|0|5")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("COMMIT")
		l.fails("INSERT INTO t(id) VALUES(30), (1)")
		require.Equal(t, want, l.ask(clockOfT))
		require.Equal(t, []string{"5"}, l.ask("SELECT crsql_db_version()"))
		l.exec("BEGIN")
		l.fails("INSERT OR ROLLBACK INTO t(id) VALUES(30), (1)")
		require.Equal(t, want, l.ask(clockOfT))
		l.exec("INSERT INTO t(id) VALUES(30)")
		require.Equal(t, append(want, "13|'b'|1|6|0|0", "13|'a'|1|6|0|1"), l.ask(clockOfT))
		require.Equal(t, []string{"'ok'"}, l.ask("PRAGMA integrity_check"))
	})
}

// What a trigger sees while its statement runs is complete too, as far as it looks at crsql_changes.
func TestChangesWithinAStatement(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		// Triggers run in the opposite order of their making: those that look, after those that record.
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); CREATE TABLE seen(n);
			CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('u');
			CREATE TRIGGER look AFTER INSERT ON t BEGIN INSERT INTO seen SELECT count(*) FROM crsql_changes; END;
			CREATE TRIGGER copy AFTER INSERT ON t WHEN NEW.id > 10 BEGIN INSERT INTO u VALUES(NEW.id, NEW.a); END;
			SELECT crsql_as_crr('t')`)
		l.exec("INSERT INTO t VALUES(1, 1), (2, 2), (3, 3)")
		require.Equal(t, []string{"1", "2", "3"}, sortedRows(l.ask("SELECT n FROM seen")))
		l.exec("INSERT INTO t VALUES(11, 1), (12, 2)")
		require.Equal(t, []string{"'t'|0", "'u'|1", "'t'|2", "'u'|3"},
			l.ask(`SELECT "table", seq FROM crsql_changes WHERE db_version = 2 ORDER BY db_version, seq`))
	})
}

// Rows that come back row by row leave the rest of the statement's clocks to be read in between.
func TestReturningRows(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t')")
		require.Equal(t, []string{"1", "2"}, l.ask("INSERT INTO t VALUES(1, 1), (2, 2) RETURNING id"))
		require.Len(t, l.ask(clockOfT), 2)
		l.exec("BEGIN")
		require.Equal(t, []string{"3", "4"}, l.ask("INSERT INTO t VALUES(3, 1), (4, 2) RETURNING id"))
		require.Len(t, l.ask(clockOfT), 4)
		l.exec("ROLLBACK")
		require.Len(t, l.ask(clockOfT), 2)
	})
}

// Whole numbers that SQLite tells the user of are those of the statement, not ours.
func TestCountsStayTheUsers(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t')")
		l.exec("INSERT INTO t VALUES(7, 1), (8, 2)")
		require.Equal(t, []string{"2|8"}, l.ask("SELECT changes(), last_insert_rowid()"))
		l.exec("BEGIN; UPDATE t SET a = a + 1")
		require.Equal(t, []string{"2|8"}, l.ask("SELECT changes(), last_insert_rowid()"))
		l.exec("DELETE FROM t WHERE id = 7; COMMIT")
		require.Equal(t, []string{"1|8"}, l.ask("SELECT changes(), last_insert_rowid()"))
		l.exec("INSERT INTO crsql_changes VALUES('t', x'010963', 'a', 5, 1, 9, x'11', 1, 0)")
		require.Equal(t, []string{"1|8"}, l.ask("SELECT changes(), last_insert_rowid()"))
		l.exec("SELECT crsql_next_db_version(), crsql_site_id()")
		require.Equal(t, []string{"1|8"}, l.ask("SELECT changes(), last_insert_rowid()"))
	})
}
