package crsql_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Conditions and orders that the statements over the clocks take over give what SQLite makes of all changes.
func TestConditionsOnChanges(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t');
			CREATE TABLE "u ""'"(x TEXT NOT NULL, y NOT NULL, "c '"" d", PRIMARY KEY(y, x)) WITHOUT ROWID; SELECT crsql_as_crr('u "''');
			CREATE TABLE k(id NOT NULL PRIMARY KEY); SELECT crsql_as_crr('k');
			INSERT INTO t VALUES(1, 'one', 1), (2, 'two', 2), (3, NULL, 3.5);
			INSERT INTO "u ""'" VALUES('x', 1, 'y'), ('x2', x'00', NULL);
			INSERT INTO k VALUES('k'), (x''), (1.5);
			DELETE FROM t WHERE id = 2; DELETE FROM k WHERE id = 'k'; INSERT INTO k VALUES('k');
			INSERT INTO crsql_changes VALUES('t', x'010909', 'a', 'far', 3, 77, x'2222', 1, 4), ('t', x'010909', 'b', 'far', 2, 77, x'33', 1, 3),
				('k', x'010907', '-1', NULL, 3, 78, x'2222', 3, 0)`)
		// What is not replicated any more is out of sight.
		l.exec("CREATE TABLE gone(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('gone'); INSERT INTO gone VALUES(1, 1); DROP TABLE gone")
		const columns = `"table", pk, cid, val, col_version, db_version, site_id, cl, seq`
		l.exec("CREATE TEMP TABLE all_changes(" + // as the virtual table declares them
			`"table" TEXT, pk BLOB, cid TEXT, val ANY, col_version INTEGER, db_version INTEGER, site_id BLOB, cl INTEGER, seq INTEGER)`)
		l.exec("INSERT INTO all_changes SELECT " + columns + " FROM crsql_changes")
		require.Len(t, l.ask("SELECT 1 FROM all_changes"), 13)

		rng := rand.New(rand.NewPCG(1, 2))
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		values := []string{"0", "1", "2", "3", "77", "'1'", "1.5", "'a'", "'-1'", "x'2222'", "x'33'", "NULL", "crsql_site_id()", "'b'", "-1"}
		for range 400 {
			var where []string
			for range rng.IntN(4) {
				column := pick(strings.Split(columns, ", ")...)
				switch rng.IntN(6) {
				case 0:
					where = append(where, column+pick(" IS NULL", " IS NOT NULL", " ISNULL"))
				case 1:
					where = append(where, column+" IN ("+pick(values...)+", "+pick(values...)+")")
				case 2:
					where = append(where, column+" LIKE '%a%'", column+" COLLATE NOCASE = "+pick("'A'", "'B'"))
				default:
					where = append(where, column+pick(" = ", " <> ", " < ", " <= ", " > ", " >= ", " IS ", " IS NOT ")+pick(values...))
				}
			}
			condition := ""
			if len(where) > 0 {
				condition = " WHERE " + strings.Join(where, pick(" AND ", " AND ", " OR "))
			}
			ours, all := l.ask("SELECT "+columns+" FROM crsql_changes"+condition), l.ask("SELECT "+columns+" FROM all_changes"+condition)
			require.ElementsMatch(t, all, ours, condition)
			order := fmt.Sprintf(" ORDER BY %s%s, %s%s", pick("db_version", "seq", "cid"), pick("", " ASC", " DESC"), pick("seq", "db_version", "pk"), pick("", " DESC"))
			if rng.IntN(3) == 0 {
				order = " ORDER BY db_version" + pick("", " DESC") + ", seq" + pick("", " DESC")
			}
			// Rows that are equal in what they are ordered by come in any order.
			keys := strings.NewReplacer(" ORDER BY ", "", " ASC", "", " DESC", "").Replace(order)
			require.Equal(t, l.ask("SELECT "+keys+" FROM all_changes"+condition+order), l.ask("SELECT "+keys+" FROM crsql_changes"+condition+order), condition+order)
		}
	})
}

// Several scans of the changes are open at once, while others write.
func TestChangesReadTwice(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1), (2, 2), (3, 3)")
		require.Equal(t, []string{"9"}, l.ask("SELECT count(*) FROM crsql_changes AS a, crsql_changes AS b"))
		require.Equal(t, []string{"3"}, l.ask("SELECT count(*) FROM crsql_changes AS a JOIN crsql_changes AS b ON a.pk = b.pk AND b.db_version > 0 AND a.db_version > 0"))
		l.exec("INSERT INTO t SELECT seq + 10, seq FROM crsql_changes")
		require.Equal(t, []string{"6"}, l.ask("SELECT count(*) FROM crsql_changes"))
		// Merged while they are read: what is read is what was there.
		l.exec("INSERT INTO crsql_changes SELECT \"table\", pk, cid, val, col_version + 1, db_version, x'11', cl, seq FROM crsql_changes")
		require.Equal(t, []string{"6|6"}, l.ask("SELECT count(*), count(CASE WHEN site_id = x'11' AND col_version = 2 THEN 1 END) FROM crsql_changes"))
	})
}

// A table's life shows in crsql_changes at once, within a transaction too.
func TestTablesComeAndGo(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1)")
		l.exec(`BEGIN; CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('u'); INSERT INTO u VALUES(1, 1)`)
		require.Equal(t, []string{"'t'|1", "'u'|2"}, l.ask(`SELECT "table", db_version FROM crsql_changes`))
		l.exec("ROLLBACK")
		require.Equal(t, []string{"'t'|1"}, l.ask(`SELECT "table", db_version FROM crsql_changes`))
		l.exec(`BEGIN; CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, other); SELECT crsql_as_crr('u'); INSERT INTO u VALUES(1, 1); COMMIT`)
		require.Equal(t, []string{"'t'|'a'", "'u'|'other'"}, l.ask(`SELECT "table", cid FROM crsql_changes`))

		l.exec("DROP TABLE u")
		require.Equal(t, []string{"'t'|'a'"}, l.ask(`SELECT "table", cid FROM crsql_changes`))
		require.Equal(t, []string{"2"}, l.ask("SELECT crsql_db_version()"))
		l.fails("INSERT INTO crsql_changes VALUES('u', x'010902', 'other', 1, 1, 1, x'11', 1, 0)")
		l.exec("UPDATE t SET a = 2") // empties what the dropped table left
		require.Equal(t, []string{"0|0"}, l.ask("SELECT (SELECT count(*) FROM u__crsql_clock), (SELECT count(*) FROM u__crsql_pks)"))
		require.Equal(t, []string{"3"}, l.ask("SELECT crsql_db_version()"))

		// Made anew it begins anew: what the old one held is not of it.
		l.exec("CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, b)")
		require.Equal(t, []string{"'t'|'a'"}, l.ask(`SELECT "table", cid FROM crsql_changes`))
		l.exec("INSERT INTO u VALUES(1, 1); SELECT crsql_as_crr('u')")
		require.Equal(t, []string{"'t'|'a'|2|3", "'u'|'b'|1|4"}, l.ask(`SELECT "table", cid, col_version, db_version FROM crsql_changes`))
		l.exec("DROP TABLE u; CREATE TABLE u(id INTEGER PRIMARY KEY NOT NULL, c); INSERT INTO u VALUES(1, 1); SELECT crsql_as_crr('u')")
		require.Equal(t, []string{"'t'|'a'|2|3", "'u'|'c'|1|5"}, l.ask(`SELECT "table", cid, col_version, db_version FROM crsql_changes`))
		l.exec("DROP TABLE u; SELECT crsql_as_crr('t'); CREATE TABLE v(id INTEGER PRIMARY KEY NOT NULL); SELECT crsql_as_crr('v')")
		require.Empty(t, l.ask("SELECT name FROM sqlite_master WHERE name LIKE 'u%' AND name NOT LIKE '%idx'"))

		// What another connection does shows too.
		other := openLeaf(t, l.driver, l.path)
		require.Equal(t, []string{"'t'"}, l.ask(`SELECT "table" FROM crsql_changes`))
		other.exec("CREATE TABLE w(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('w'); INSERT INTO w VALUES(1, 1)")
		require.Equal(t, []string{"'t'|3", "'w'|6"}, l.ask(`SELECT "table", db_version FROM crsql_changes`))
		l.exec("INSERT INTO w VALUES(2, 2)")
		require.Equal(t, []string{"7"}, other.ask("SELECT crsql_db_version()"))
		other.exec("DROP TABLE w")
		require.Equal(t, []string{"'t'|3"}, l.ask(`SELECT "table", db_version FROM crsql_changes`))
		require.Equal(t, []string{"7"}, l.ask("SELECT crsql_db_version()"))
		l.exec("UPDATE t SET a = 3")
		require.Equal(t, []string{"8"}, l.ask("SELECT crsql_db_version()"))
	})
}

func sortedRows(rows []string) []string { slices.Sort(rows); return rows }
