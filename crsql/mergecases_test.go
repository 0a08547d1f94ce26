package crsql_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A change that fails leaves nothing of itself, in a transaction that goes on.
func TestFailedMergesLeaveNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a CHECK(a IS NULL OR a <> 'bad'), b); SELECT crsql_as_crr('t');
			CREATE TRIGGER refuse BEFORE DELETE ON t WHEN OLD.id = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END;
			INSERT INTO t VALUES(1, 1, 1), (2, 2, 2), (3, 3, 3); DELETE FROM t WHERE id = 2`)
		state := func() [][]string {
			return [][]string{l.ask("SELECT * FROM t"), l.ask("SELECT * FROM t__crsql_clock"), l.ask("SELECT * FROM t__crsql_pks"),
				l.ask("SELECT ordinal FROM crsql_site_id"), l.ask("SELECT crsql_rows_impacted()")}
		}
		const site = ", x'0102', "
		for _, change := range []string{
			"'t', x'010901', 'a', 'bad', 9, 9" + site + "1, 0",      // refused by the table
			"'t', x'010904', 'a', 'bad', 1, 9" + site + "1, 0",      // a new row
			"'t', x'010902', 'a', 'bad', 1, 9" + site + "3, 0",      // one that would come back
			"'t', x'010901', 'a', 'bad', 1, 9" + site + "3, 0",      // one that is in an earlier life
			"'t', x'010903', '-1', NULL, 2, 9" + site + "2, 0",      // refused by a trigger
			"'t', x'', 'a', 1, 9, 9" + site + "1, 0",                // no key
			"'t', x'01', 'a', 1, 9, 9" + site + "1, 0",              // cut off
			"'t', x'00', 'a', 1, 9, 9" + site + "1, 0",              // too few
			"'t', x'0209010902', 'a', 1, 9, 9" + site + "1, 0",      // too many
			"'t', x'01090100', 'a', 1, 9, 9" + site + "1, 0",        // more behind it
			"'t', x'0105', 'a', 1, 9, 9" + site + "1, 0",            // NULL
			"'t', x'0149010203', 'a', 1, 9, 9" + site + "1, 0",      // an integer of 9 bytes
			"'t', 5, 'a', 1, 9, 9" + site + "1, 0",                  // not a package
			"'t', x'010901', 'a', 1, 9, 9, " + "zeroblob(17), 1, 0", // a long site
			"'t', x'010901', 'a', 1, -1, 9" + site + "1, 0",         // impossible counts
			"'t', x'010901', 'a', 1, 9, -9" + site + "1, 0",
			"'t', x'010901', 'a', 1, 9, 9223372036854775807" + site + "1, 0",
			"'t', x'010901', 'a', 1, 9, 9" + site + "-2, 0",
			"'t', x'010901', 'a', 1, 9, 9" + site + "1, -1",
			"'t', x'010901', 'a', 1, NULL, 9" + site + "1, 0",
			"'t', x'010901', 'a', 1, 'x', 9" + site + "1, 0",
			"'t', x'010901', 'a', 1, 1.5, 9" + site + "1, 0",
			"'t', x'010901', NULL, 1, 9, 9" + site + "1, 0",
			"NULL, x'010901', 'a', 1, 9, 9" + site + "1, 0",
			"'nowhere', x'010901', 'a', 1, 9, 9" + site + "1, 0",
		} {
			for _, in := range []string{"", "BEGIN; ", "BEGIN; INSERT INTO t(id) VALUES(7); "} {
				l.exec(in)
				before := state()
				l.fails("INSERT INTO crsql_changes VALUES(" + change + ")")
				require.Equal(t, before, state(), change)
				if in != "" {
					// The transaction is of use yet.
					l.exec("INSERT INTO crsql_changes VALUES('t', x'010905', 'b', 'good', 1, 1, x'0102', 1, 0)")
					require.Equal(t, []string{"5|NULL|'good'"}, l.ask("SELECT * FROM t WHERE id = 5"))
					l.exec("ROLLBACK")
				}
			}
			l.fails("INSERT INTO crsql_changes SELECT 't', x'010906', 'b', 'good', 1, 1, x'0102', 1, 0 UNION ALL SELECT " + change)
			require.Empty(t, l.ask("SELECT * FROM t WHERE id = 6"))
		}
		require.Equal(t, []string{"2"}, l.ask("SELECT crsql_db_version()"))
	})
}

// Triggers see merges as the writes they are, and may tell them from others.
func TestTriggersSeeMerges(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t');
			CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('u');
			CREATE TABLE log(what);
			CREATE TRIGGER i AFTER INSERT ON t BEGIN INSERT INTO log VALUES('insert ' || NEW.id || ' ' || crsql_internal_sync_bit()); END;
			CREATE TRIGGER u AFTER UPDATE ON t BEGIN INSERT INTO log VALUES('update ' || NEW.id); INSERT OR REPLACE INTO u VALUES(NEW.id, 'by trigger'); END;
			CREATE TRIGGER d AFTER DELETE ON t BEGIN INSERT INTO log VALUES('delete ' || OLD.id); END`)
		merge := func(changes string) []string {
			l.exec("DELETE FROM log; INSERT INTO crsql_changes VALUES" + changes)
			return l.ask("SELECT what FROM log")
		}
		require.Equal(t, []string{"'insert 1 1'", "'update 1'"}, merge("('t', x'010901', 'a', 1, 1, 1, x'11', 1, 0), ('t', x'010901', 'b', 1, 1, 1, x'11', 1, 1)"))
		require.Empty(t, merge("('t', x'010901', 'a', 1, 1, 1, x'11', 1, 0)"), "nothing new")
		require.Equal(t, []string{"'delete 1'"}, merge("('t', x'010901', '-1', NULL, 2, 2, x'11', 2, 0)"))
		require.Equal(t, []string{"'insert 1 1'"}, merge("('t', x'010901', 'a', 5, 1, 3, x'11', 3, 1)"), "made and filled at once")
		// What triggers write while a merge writes is not recorded: the peer sends its own.
		require.Equal(t, []string{"1|'by trigger'"}, l.ask("SELECT * FROM u"))
		require.Empty(t, l.ask("SELECT 1 FROM u__crsql_clock"))
		require.Equal(t, []string{"0"}, l.ask("SELECT crsql_internal_sync_bit()"))
		l.exec("CREATE TRIGGER loop AFTER INSERT ON u BEGIN INSERT INTO crsql_changes VALUES('u', x'010901', 'a', 1, 9, 1, x'11', 1, 0); END")
		require.ErrorContains(t, l.fails("INSERT INTO crsql_changes VALUES('u', x'010902', 'a', 1, 9, 1, x'11', 1, 0)"), "trigger")
		require.Equal(t, []string{"0"}, l.ask("SELECT crsql_internal_sync_bit()"), "after an error too")
	})
}

// Changes may come in by way of a table of the program's.
func TestMergesFromATrigger(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t'); CREATE TABLE inbox(pk, val, version);
			CREATE TRIGGER arrives AFTER INSERT ON inbox BEGIN
				INSERT INTO crsql_changes VALUES('t', NEW.pk, 'a', NEW.val, NEW.version, 1, x'11', 1, 0); END`)
		l.exec("BEGIN; INSERT INTO t VALUES(9, 9); INSERT INTO inbox VALUES(x'010901', 1, 1), (x'010902', 2, 1), (x'010901', 3, 2)")
		require.Equal(t, []string{"3"}, l.ask("SELECT crsql_rows_impacted()"))
		l.fails("INSERT INTO inbox VALUES(x'010904', 1, 1), (x'0109', 2, 1)")
		l.exec("COMMIT")
		require.Equal(t, []string{"1|3", "2|2", "9|9"}, l.ask("SELECT * FROM t"))
		require.Equal(t, []string{"'010909'|'a'|9|1|1|0", "'010901'|'a'|3|2|1|0", "'010902'|'a'|2|1|1|0"}, l.ask(cells))
		require.Equal(t, []string{"3"}, l.ask("SELECT count(*) FROM inbox"))
	})
}

// A merge goes by what is in the tables, whoever wrote it since the change before.
func TestMergesBesideOtherWrites(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t'); BEGIN")
		change := func(cid string, val, version, cl int) {
			l.exec(fmt.Sprintf("INSERT INTO crsql_changes VALUES('t', x'010901', '%s', %d, %d, 1, x'11', %d, 0)", cid, val, version, cl))
		}
		change("a", 1, 1, 1)
		l.exec("UPDATE t SET a = 7 WHERE id = 1") // version 2
		change("a", 1, 2, 1)
		require.Equal(t, []string{"7|NULL"}, l.ask("SELECT a, b FROM t"))
		l.exec("DELETE FROM t")
		change("a", 8, 9, 1)
		require.Empty(t, l.ask("SELECT a, b FROM t"))
		change("b", 8, 1, 3)
		l.exec("UPDATE t__crsql_clock SET col_version = 5 WHERE col_name = 'b'") // by hand
		change("b", 9, 4, 3)
		require.Equal(t, []string{"NULL|8"}, l.ask("SELECT a, b FROM t"))
		l.exec("SAVEPOINT s")
		change("b", 10, 6, 3)
		l.exec("ROLLBACK TO s")
		change("b", 11, 6, 3)
		require.Equal(t, []string{"NULL|11"}, l.ask("SELECT a, b FROM t"))
		l.exec("SAVEPOINT s2; DELETE FROM t__crsql_clock; DELETE FROM t__crsql_pks; ROLLBACK TO s2")
		change("b", 12, 6, 3)
		require.Equal(t, []string{"NULL|12"}, l.ask("SELECT a, b FROM t"))
		l.exec("COMMIT")
	})
}

// Columns that are not declared wait for it; in a strict file they are refused.
func TestUnknownColumns(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t')")
		l.exec(`INSERT INTO crsql_changes VALUES('t', x'010901', 'a', 1, 1, 5, x'11', 1, 0), ('t', x'010901', 'z', 'early', 1, 5, x'11', 1, 1),
			('t', x'010901', 'z', 'late', 3, 6, x'11', 1, 1), ('t', x'010901', 'z', 'between', 2, 6, x'11', 1, 1),
			('t', x'010902', 'y', 'y', 1, 6, x'11', 1, 2), ('t', x'010903', 'z', 'gone', 1, 6, x'11', 1, 2), ('t', x'010903', '-1', NULL, 2, 7, x'11', 2, 2)`)
		require.Equal(t, []string{"1|1"}, l.ask("SELECT * FROM t"))
		before := l.ask("SELECT crsql_db_version()")
		l.exec("SELECT crsql_begin_alter('t'); ALTER TABLE t ADD COLUMN z DEFAULT 'none'; SELECT crsql_commit_alter('t')")
		require.Equal(t, []string{"1|1|'late'"}, l.ask("SELECT * FROM t"))
		require.Equal(t, []string{"'z'|'late'|3|X'11'"}, l.ask("SELECT cid, val, col_version, site_id FROM crsql_changes WHERE db_version > "+before[0]))
		// Declared by ALTER TABLE alone: the next merge brings it.
		l.exec("ALTER TABLE t ADD COLUMN y; INSERT INTO crsql_changes VALUES('t', x'010909', 'a', 9, 1, 9, x'11', 1, 0)")
		require.Equal(t, []string{"1|1|'late'|NULL", "2|NULL|'none'|'y'", "9|9|'none'|NULL"}, l.ask("SELECT * FROM t"))

		l.exec("SELECT crsql_config_set('strict', 1)")
		l.fails("INSERT INTO crsql_changes VALUES('t', x'010901', 'x', 1, 1, 9, x'11', 1, 0)")
		l.exec("SELECT crsql_config_set('strict', 0); SELECT crsql_config_set('keep-unknown-tables', 1)")
		l.exec("INSERT INTO crsql_changes VALUES('later', x'010901', 'a', 1, 1, 9, x'11', 1, 0), ('later', x'010902', '-1', NULL, 2, 9, x'11', 2, 0)")
		l.exec("CREATE TABLE later(id INTEGER PRIMARY KEY NOT NULL, a); INSERT INTO later VALUES(2, 2); SELECT crsql_as_crr('later')")
		require.Equal(t, []string{"1|1"}, l.ask("SELECT * FROM later"))
		require.Equal(t, []string{"1", "1"}, append(l.ask("SELECT crsql_config_get('keep-unknown-tables')"), openLeaf(t, l.driver, l.path).ask("SELECT crsql_config_get('keep-unknown-tables')")...))
		l.fails("SELECT crsql_config_set('no such', 1)")
		l.fails("SELECT crsql_config_get('no such')")
	})
}
