package crsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

// A file is left alone until something in it is to replicate.
func TestFilesOfOthers(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); INSERT INTO t VALUES(1, 1)")
		require.Empty(t, l.ask("SELECT * FROM crsql_changes"))
		require.Equal(t, []string{"0|1|0|0|0|NULL"}, l.ask("SELECT crsql_db_version(), crsql_next_db_version(), crsql_get_seq(), crsql_rows_impacted(), crsql_internal_sync_bit(), crsql_config_get('merge-equal-values') + NULL"))
		require.Equal(t, []string{"0"}, l.ask("SELECT crsql_config_get('merge-equal-values')"))
		require.Equal(t, []string{"'t'"}, l.ask("SELECT name FROM sqlite_master"))
		l.fails("INSERT INTO crsql_changes VALUES('t', x'010901', 'a', 1, 1, 1, x'11', 1, 0)")
		require.Equal(t, []string{"'t'"}, l.ask("SELECT name FROM sqlite_master"))

		// The site id has to be remembered.
		site := l.ask("SELECT crsql_site_id()")
		require.Regexp(t, "^X'[0-9A-F]{12}4[0-9A-F]{3}[89AB][0-9A-F]{15}'$", site[0])
		require.Equal(t, site, l.ask("SELECT crsql_site_id()"))
		require.Equal(t, site, l.ask("SELECT site_id FROM crsql_site_id WHERE ordinal = 0"))
		other := openLeaf(t, l.driver, l.path)
		require.Equal(t, site, other.ask("SELECT crsql_site_id()"))
		require.Equal(t, []string{"'crsqlite_version'|160300"}, l.ask("SELECT * FROM crsql_master"))
		require.Empty(t, l.ask("SELECT site_id, version, seq, tag, event FROM crsql_tracked_peers"))
	})
}

// A file that may not be written can be read.
func TestReadOnlyFiles(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1)")
		site := l.ask("SELECT crsql_site_id()")
		r := openLeaf(t, l.driver, "file:"+l.path+"?mode=ro")
		require.Equal(t, []string{"1|1"}, r.ask("SELECT count(*), max(db_version) FROM crsql_changes"))
		require.Equal(t, site, r.ask("SELECT crsql_site_id()"))
		r.exec("BEGIN")
		require.Equal(t, []string{"1|2"}, r.ask("SELECT crsql_db_version(), crsql_next_db_version()"))
		r.exec("COMMIT")
		r.fails("INSERT INTO crsql_changes VALUES('t', x'010901', 'a', 1, 1, 1, x'11', 1, 0)")

		fresh := filepath.Join(t.TempDir(), "fresh.db")
		openLeaf(t, l.driver, fresh).exec("CREATE TABLE t(a)")
		r = openLeaf(t, l.driver, "file:"+fresh+"?mode=ro")
		require.Empty(t, r.ask("SELECT * FROM crsql_changes"))
		r.fails("SELECT crsql_site_id()")
	})
}

// Files of older versions are taken over, those of too old ones refused, and newer ones not looked at.
func TestVersionsOfTheFormat(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 1)")
		version := func(v string) *leaf {
			l.exec("UPDATE crsql_master SET value = " + v + " WHERE key = 'crsqlite_version'")
			return openLeaf(t, l.driver, l.path)
		}
		old := version("140000")
		for _, text := range []string{"SELECT * FROM crsql_changes", "SELECT crsql_db_version()", "UPDATE t SET a = 2", "SELECT crsql_site_id()",
			"INSERT INTO crsql_changes VALUES('t', x'010901', 'a', 1, 9, 1, x'11', 1, 0)", "SELECT crsql_as_table('t')", "SELECT crsql_begin_alter('t')"} {
			require.ErrorContains(t, old.fails(text), crsql.ErrVersion.Error(), text)
		}
		require.Equal(t, []string{"1|1"}, old.ask("SELECT * FROM t"))
		old = version("150000")
		require.Equal(t, []string{"1"}, old.ask("SELECT count(*) FROM crsql_changes"))
		require.Equal(t, []string{"150000"}, l.ask("SELECT value FROM crsql_master WHERE key = 'crsqlite_version'"))
		old.exec("UPDATE t SET a = 2")
		require.Equal(t, []string{"160300"}, l.ask("SELECT value FROM crsql_master WHERE key = 'crsqlite_version'"))
		newer := version("990000")
		newer.exec("UPDATE t SET a = 3")
		require.Equal(t, []string{"990000"}, l.ask("SELECT value FROM crsql_master WHERE key = 'crsqlite_version'"))
	})
}

// Two connections that write by turns count on from each other.
func TestVersionsAcrossConnections(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a); SELECT crsql_as_crr('t')")
		other := openLeaf(t, l.driver, l.path)
		for i := range 6 {
			who := []*leaf{l, other}[i%2]
			who.exec(fmt.Sprintf("INSERT INTO t VALUES(%d, 0)", i))
			for _, w := range []*leaf{l, other} {
				require.Equal(t, []string{fmt.Sprint(i + 1)}, w.ask("SELECT crsql_db_version()"))
			}
		}
		// What is not committed is nobody's.
		l.exec("BEGIN; INSERT INTO t VALUES(10, 0)")
		require.Equal(t, []string{"6|7"}, l.ask("SELECT crsql_db_version(), crsql_next_db_version()"))
		require.Equal(t, []string{"6|7"}, other.ask("SELECT crsql_db_version(), crsql_next_db_version()"))
		require.Equal(t, []string{"50"}, l.ask("SELECT crsql_next_db_version(50)"))
		require.Equal(t, []string{"50"}, l.ask("SELECT crsql_next_db_version()"))
		l.exec("INSERT INTO t VALUES(11, 0); COMMIT")
		require.Equal(t, []string{"50"}, other.ask("SELECT crsql_db_version()"))
		l.exec("BEGIN; INSERT INTO t VALUES(12, 0); ROLLBACK; INSERT INTO t VALUES(13, 0)")
		require.Equal(t, []string{"51"}, other.ask("SELECT crsql_db_version()"))
	})
}

// A connection that has used everything closes, which it could not with statements left.
func TestConnectionsClose(t *testing.T) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			db, err := sql.Open(driver, filepath.Join(t.TempDir(), "a.db"))
			require.NoError(t, err)
			c, err := db.Conn(context.Background())
			require.NoError(t, err)
			for _, text := range []string{"CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a)", "SELECT crsql_as_crr('t')", "INSERT INTO t VALUES(1, 1), (2, 2)",
				"UPDATE t SET id = id + 10, a = 0", "DELETE FROM t WHERE id = 11", "SELECT * FROM crsql_changes WHERE db_version > 0",
				"INSERT INTO crsql_changes VALUES('t', x'010901', 'a', 1, 9, 1, x'11', 1, 0)", "SELECT crsql_finalize()", "INSERT INTO t VALUES(3, 3)",
				"SELECT crsql_begin_alter('t')", "ALTER TABLE t ADD COLUMN b", "SELECT crsql_commit_alter('t')", "SELECT crsql_finalize() FROM crsql_changes"} {
				_, err := c.ExecContext(context.Background(), text)
				require.NoError(t, err, text)
			}
			require.NoError(t, c.Close())
			require.NoError(t, db.Close())
		})
	}
}

// Many tables replicate: a statement can't name them all.
func TestManyTables(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		var b strings.Builder
		for i := range 110 {
			fmt.Fprintf(&b, "CREATE TABLE t%d(id INTEGER PRIMARY KEY NOT NULL, a); INSERT INTO t%[1]d VALUES(1, 1);", i)
		}
		l.exec("BEGIN; " + b.String() + "COMMIT")
		l.exec("BEGIN")
		for i := range 110 {
			l.exec(fmt.Sprintf("SELECT crsql_as_crr('t%d')", i))
		}
		l.exec("COMMIT; UPDATE t109 SET a = 2; UPDATE t5 SET a = 2")
		require.Equal(t, []string{"3"}, openLeaf(t, l.driver, l.path).ask("SELECT crsql_db_version()"))
		require.Equal(t, []string{"'t109'|2", "'t5'|3"}, l.ask(`SELECT "table", db_version FROM crsql_changes WHERE db_version > 1`))
		require.Equal(t, []string{"110"}, l.ask("SELECT count(*) FROM crsql_changes"))
	})
}
