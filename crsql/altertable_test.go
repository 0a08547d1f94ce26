package crsql_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const cells = `SELECT hex(pk), cid, val, col_version, db_version, seq FROM crsql_changes ORDER BY db_version, seq`

// A column that ALTER TABLE adds by itself replicates from the next write on.
func TestColumnAddedAlone(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1, 1), (2, 2, 2)")
		l.exec("ALTER TABLE t ADD COLUMN c DEFAULT 5")
		l.exec("UPDATE t SET a = 10 WHERE id = 1") // says nothing of c, and c is what it was
		require.Equal(t, []string{"'010901'|'a'|10|2|2|0"}, l.ask(cells+" LIMIT 1 OFFSET 3"))
		l.exec("UPDATE t SET c = 6 WHERE id = 1")
		l.exec("UPDATE t SET b = 0, c = c WHERE id = 2")
		l.exec("INSERT INTO t VALUES(3, 3, 3, 3)")
		require.Equal(t, []string{"'010901'|'c'|6|1|3|0", "'010902'|'b'|0|2|4|0", "'010903'|'a'|3|1|5|0", "'010903'|'b'|3|1|5|1", "'010903'|'c'|3|1|5|2"},
			l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 2`))

		// The first write is to the new columns, of several rows at once, one of which moves.
		l.exec("ALTER TABLE t ADD COLUMN d; ALTER TABLE t ADD COLUMN e DEFAULT 1")
		l.exec("UPDATE t SET id = CASE id WHEN 3 THEN 30 ELSE id END, d = CASE id WHEN 1 THEN 'd' END WHERE id IN (1, 3)")
		require.Equal(t, []string{"'010901'|'d'|'d'|1|6|0", "'010903'|'-1'|NULL|2|6|1", "'01091E'|'-1'|NULL|1|6|2", "'01091E'|'a'|3|2|6|3", "'01091E'|'b'|3|2|6|4", "'01091E'|'c'|3|2|6|5"},
			l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 5`))
		l.exec("UPDATE t SET d = NULL, e = 2 WHERE id = 1")
		require.Equal(t, []string{"'010901'|'d'|NULL|2|7|0", "'010901'|'e'|2|1|7|1"}, l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 6`))
		// In the transaction that adds it.
		l.exec("BEGIN; ALTER TABLE t ADD COLUMN f; INSERT INTO t(id, f) VALUES(4, 'f'); UPDATE t SET f = 'g' WHERE id = 1; COMMIT")
		require.Equal(t, []string{"'010904'|'f'|'f'|1|8|5", "'010901'|'f'|'g'|1|8|6"}, l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 7 AND cid = 'f'`))
		l.exec("DELETE FROM t WHERE id = 4; ALTER TABLE t RENAME COLUMN f TO ff; UPDATE t SET ff = 1 WHERE id = 1")
		require.Equal(t, []string{"'010904'|'-1'|NULL|2|9|0", "'010901'|'ff'|1|1|10|0"}, l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 8`))
	})
}

// Rows whose key changes are new to whoever knows the file up to then.
func TestKeysThatChange(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(x INTEGER NOT NULL, y TEXT NOT NULL, a, b, PRIMARY KEY(x, y)); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 'k', 1, 1), (2, 'k', 2, 2)")
		l.exec("UPDATE t SET x = 3, b = 'new' WHERE x = 1")
		require.Equal(t, []string{"'0209010B016B'|'-1'|NULL|2|2|0", "'0209030B016B'|'-1'|NULL|1|2|1", "'0209030B016B'|'a'|1|2|2|2", "'0209030B016B'|'b'|'new'|2|2|3"},
			l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 1`))
		l.exec("UPDATE t SET x = x + 0, y = 'k'") // the same
		require.Equal(t, []string{"2"}, l.ask("SELECT crsql_db_version()"))
		l.exec("UPDATE t SET x = 1 WHERE x = 3") // where one was before
		require.Equal(t, []string{"'0209030B016B'|'-1'|NULL|2|3|0", "'0209010B016B'|'-1'|NULL|3|3|1", "'0209010B016B'|'a'|1|3|3|2", "'0209010B016B'|'b'|'new'|3|3|3"},
			l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 2`))
		l.exec("UPDATE t SET a = 9 WHERE x = 2; UPDATE t SET a = 9 + a WHERE x = 2; UPDATE OR REPLACE t SET x = 2 WHERE x = 1") // where one is
		require.Equal(t, []string{"'0209010B016B'|'-1'|NULL|4|6|0", "'0209020B016B'|'-1'|NULL|1|6|1", "'0209020B016B'|'a'|1|4|6|2", "'0209020B016B'|'b'|'new'|4|6|3"},
			l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 5`))
		l.exec("CREATE TABLE k(x NOT NULL, y NOT NULL, PRIMARY KEY(x, y)); SELECT crsql_as_crr('k'); INSERT INTO k VALUES(1, 1); UPDATE k SET y = 2")
		require.Equal(t, []string{"'02090109 01'|'-1'|NULL|2|8|0", "'0209010902'|'-1'|NULL|1|8|1"}[1:], l.ask(`SELECT * FROM (` + cells + `) WHERE db_version > 7`)[1:])
	})
}

// crsql_commit_alter keeps what the altered table still has, and nothing else.
func TestAlterations(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1, 1), (2, 2, 2), (3, 3, 3);
			DELETE FROM t WHERE id = 3; UPDATE t SET a = 10 WHERE id = 1`)
		// The whole table made anew, as ALTER TABLE cannot.
		l.exec(`BEGIN; SELECT crsql_begin_alter('t'); CREATE TABLE n(id INTEGER PRIMARY KEY NOT NULL, a NOT NULL DEFAULT 0, c DEFAULT 7);
			INSERT INTO n(id, a) SELECT id, a FROM t WHERE id <> 2; INSERT INTO n VALUES(5, 5, 5); DROP TABLE t; ALTER TABLE n RENAME TO t;
			SELECT crsql_commit_alter('t'); COMMIT`)
		require.Equal(t, []string{"'010903'|'-1'|NULL|2|2|0", "'010901'|'a'|10|2|3|0", "'010905'|'a'|5|1|4|0", "'010905'|'c'|5|1|4|1"}, l.ask(cells))
		l.exec("UPDATE t SET c = 8 WHERE id = 1; INSERT INTO t(id) VALUES(3)")
		require.Equal(t, []string{"'010901'|'c'|8|1|5|0", "'010903'|'-1'|NULL|3|6|0", "'010903'|'a'|0|1|6|1", "'010903'|'c'|7|1|6|2"}, l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 4`))

		// Another key: other rows.
		l.exec(`BEGIN; SELECT crsql_begin_alter('main', 't'); CREATE TABLE n(id INTEGER NOT NULL, a NOT NULL DEFAULT 0, PRIMARY KEY(id, a));
			INSERT INTO n SELECT id, a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t; SELECT crsql_commit_alter('t'); COMMIT`)
		require.Equal(t, []string{"'020901090A'|'-1'|NULL|1|7|0", "'02090301'|'-1'|NULL|1|7|1", "'0209050905'|'-1'|NULL|1|7|2"}, l.ask(cells))

		// Given up.
		l.exec("SELECT crsql_begin_alter('t'); ALTER TABLE t ADD COLUMN z; INSERT INTO t VALUES(9, 9, 9); ROLLBACK; INSERT INTO t VALUES(8, 8)")
		require.Equal(t, []string{"'0209080908'|'-1'|NULL|1|8|0"}, l.ask(`SELECT * FROM (`+cells+`) WHERE db_version > 7`))
		require.ErrorContains(t, l.fails("SELECT crsql_commit_alter('nothing')"), "failed compacting tables post alteration")
		l.exec("CREATE TABLE plain(id INTEGER PRIMARY KEY NOT NULL); BEGIN; SELECT crsql_begin_alter('plain')")
		require.ErrorContains(t, l.fails("SELECT crsql_commit_alter('plain')"), "failed compacting tables post alteration")
		require.Error(t, func() error { _, err := l.rows("COMMIT"); return err }(), "it was rolled back")
	})
}

// Names that need quotes work in all that is made of them.
func TestQuotedNames(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE "it's a ""t"" %s"("the ""key""'s" TEXT PRIMARY KEY NOT NULL, "a ""b""'c" DEFAULT 'it''s', "select"); SELECT crsql_as_crr('it''s a "t" %s');
			INSERT INTO "it's a ""t"" %s" VALUES('1', 2, 3), ('2', 3, 4); UPDATE "it's a ""t"" %s" SET "select" = 5, "a ""b""'c" = 1 WHERE "the ""key""'s" = '1';
			UPDATE "it's a ""t"" %s" SET "the ""key""'s" = '3' WHERE "the ""key""'s" = '1'; DELETE FROM "it's a ""t"" %s" WHERE "select" = 4`)
		want := []string{"'it''s a \"t\" %s'|'-1'|NULL|2", "'it''s a \"t\" %s'|'-1'|NULL|1", "'it''s a \"t\" %s'|'a \"b\"''c'|1|3", "'it''s a \"t\" %s'|'select'|5|3", "'it''s a \"t\" %s'|'-1'|NULL|2"}
		require.Equal(t, want, l.ask(`SELECT "table", cid, val, col_version FROM crsql_changes`))
		other := openLeaf(t, l.driver, ":memory:")
		other.exec(`CREATE TABLE "it's a ""t"" %s"("the ""key""'s" TEXT PRIMARY KEY NOT NULL, "a ""b""'c" DEFAULT 'it''s', "select"); SELECT crsql_as_crr('it''s a "t" %s');
			INSERT INTO "it's a ""t"" %s" VALUES('2', 3, 4)`)
		for _, change := range l.ask(`SELECT format('%Q, %Q, %Q, %d, %d', "table", cid, val, col_version, cl) || ', x''' || hex(pk) || '''' FROM crsql_changes`) {
			other.exec(`INSERT INTO crsql_changes("table", cid, val, col_version, cl, pk, db_version, site_id, seq) VALUES(` + unquoted(change) + `, 9, x'11', 0)`)
		}
		require.Equal(t, []string{"'3'|'1'|'5'"}, other.ask(`SELECT * FROM "it's a ""t"" %s"`))
		l.exec(`SELECT crsql_begin_alter('it''s a "t" %s'); ALTER TABLE "it's a ""t"" %s" DROP COLUMN "select"; SELECT crsql_commit_alter('it''s a "t" %s');
			SELECT crsql_as_table('it''s a "t" %s'); DROP TABLE "it's a ""t"" %s"`)
		require.Empty(t, l.ask("SELECT name FROM sqlite_master WHERE name LIKE 'it%'"))
	})
}

func unquoted(s string) string {
	s = s[1 : len(s)-1]
	return strings.ReplaceAll(s, "''", "'")
}
