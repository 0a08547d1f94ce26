package crsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAutomigrate(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		schema := func() []string {
			return l.ask(`SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%crsql%' AND sql IS NOT NULL ORDER BY name`)
		}
		require.Equal(t, []string{"'migration complete'"}, l.ask(`SELECT crsql_automigrate(?)`, `
			CREATE TABLE todo(id PRIMARY KEY NOT NULL, list, ord, gone); SELECT crsql_as_crr('todo');
			SELECT crsql_fract_as_ordered('todo', 'ord', 'list'); CREATE INDEX by_gone ON todo(gone);
			CREATE TABLE plain(a INTEGER PRIMARY KEY, b, c); CREATE INDEX plain_b ON plain(b); CREATE TABLE left(x); CREATE TABLE empty(k PRIMARY KEY)`))
		l.exec(`INSERT INTO todo VALUES (1, 'L', 1, 'g'), (2, 'L', 1, 'h'); INSERT INTO plain VALUES (1, 2, 3); INSERT INTO left VALUES (7)`)
		version := l.ask("SELECT crsql_db_version()")

		const second = `CREATE TABLE IF NOT EXISTS todo(id PRIMARY KEY NOT NULL, list, ord, added INT NOT NULL DEFAULT 3, t TEXT DEFAULT 'it''s');
			SELECT crsql_as_crr('todo'); SELECT crsql_fract_as_ordered('todo', 'ord', 'list');
			CREATE TABLE IF NOT EXISTS plain(a INTEGER PRIMARY KEY, b, d REAL DEFAULT -1.5);
			CREATE TABLE IF NOT EXISTS empty(k PRIMARY KEY, v DEFAULT (1 + 2));
			CREATE INDEX IF NOT EXISTS plain_b ON plain(b, d);
			CREATE TABLE IF NOT EXISTS new(k PRIMARY KEY NOT NULL, v); SELECT crsql_as_crr('new');
			INSERT OR IGNORE INTO new VALUES (1, 2);`
		l.exec(`BEGIN; INSERT INTO plain VALUES (2, 3, 4)`)
		l.ask(`SELECT crsql_automigrate(?)`, second)
		l.exec(`COMMIT`)
		require.Equal(t, []string{"1|'L'|'a '|3|'it''s'", "2|'L'|'a!'|3|'it''s'"}, l.ask("SELECT * FROM todo"))
		require.Equal(t, []string{"1|2|-1.5", "2|3|-1.5"}, l.ask("SELECT * FROM plain"))
		require.Equal(t, []string{"1|2"}, l.ask("SELECT * FROM new"))
		require.Equal(t, []string{"1|3"}, l.ask("INSERT INTO empty(k) VALUES (1) RETURNING *"))
		require.Empty(t, l.ask("SELECT 1 FROM sqlite_schema WHERE name IN ('left', 'by_gone')"))
		require.Equal(t, []string{"'CREATE INDEX plain_b ON plain(b, d)'"}, l.ask("SELECT sql FROM sqlite_schema WHERE name = 'plain_b'"))
		require.Equal(t, []string{"'new'|'v'|2", "'todo'|'list'|'L'", "'todo'|'list'|'L'", "'todo'|'ord'|'a '", "'todo'|'ord'|'a!'"},
			l.ask(`SELECT "table", cid, val FROM crsql_changes ORDER BY 1, 2, 3`))
		require.NotEqual(t, version, l.ask("SELECT crsql_db_version()"))
		l.exec(`UPDATE todo SET added = 4 WHERE id = 1`)
		require.Equal(t, []string{"4"}, l.ask(`SELECT val FROM crsql_changes WHERE cid = 'added'`))

		// Again, nothing is to be done.
		before, version := schema(), l.ask("SELECT crsql_db_version()")
		l.ask(`SELECT crsql_automigrate(?, 'SELECT crsql_finalize()')`, second)
		require.Equal(t, before, schema())
		require.Equal(t, version, l.ask("SELECT crsql_db_version()"))

		// Nothing remains of what fails, at whatever point, and the transaction around it goes on.
		l.exec(`CREATE VIEW wants AS SELECT t FROM todo; BEGIN; INSERT INTO plain VALUES (3, 4, 5)`)
		before = schema()
		rows := l.ask("SELECT * FROM plain")
		for _, bad := range []string{
			"nonsense",
			"CREATE TABLE IF NOT EXISTS other(x); COMMIT", "ROLLBACK; CREATE TABLE IF NOT EXISTS other(x)", "BEGIN; CREATE TABLE IF NOT EXISTS other(x); COMMIT",
			"CREATE TABLE IF NOT EXISTS other(x); ROLLBACK; SAVEPOINT automigrate_tables",
			"CREATE TABLE todo(id PRIMARY KEY NOT NULL)",                                                                             // exists
			"CREATE TABLE IF NOT EXISTS todo(id PRIMARY KEY NOT NULL, list, ord, added INT NOT NULL DEFAULT 3)",                      // a view needs t
			"CREATE TABLE IF NOT EXISTS todo(id, list PRIMARY KEY NOT NULL, ord, added, t)",                                          // another key
			"CREATE TABLE IF NOT EXISTS todo(id PRIMARY KEY NOT NULL, k, list, ord, added, t, g AS (list))",                          // generated
			"CREATE TABLE IF NOT EXISTS plain(a INTEGER PRIMARY KEY, b, d, e NOT NULL)",                                              // no default
			"CREATE TABLE IF NOT EXISTS plain(a INTEGER PRIMARY KEY); CREATE TABLE other(x); SELECT crsql_as_crr('other')",           // not eligible
			"CREATE TABLE IF NOT EXISTS plain(a INTEGER PRIMARY KEY); SELECT crsql_as_crr('nowhere')",                                // not there
			"CREATE TABLE IF NOT EXISTS todo(id PRIMARY KEY NOT NULL, list, ord, added, t); INSERT INTO todo VALUES (1, 2, 3, 4, 5)", // unique here only
			"CREATE VIRTUAL TABLE plain USING rtree(id, a, b)",                                                                       // a table here
		} {
			l.fails(`SELECT crsql_automigrate(?)`, bad)
			require.Equal(t, before, schema(), bad)
			require.Equal(t, rows, l.ask("SELECT * FROM plain"), bad)
		}
		for _, args := range []string{"", "NULL", "7", "'', '', ''"} {
			l.fails("SELECT crsql_automigrate(" + args + ")")
		}
		l.fails(`SELECT crsql_automigrate('CREATE TABLE IF NOT EXISTS todo(id PRIMARY KEY NOT NULL, x)', 'nonsense')`)
		require.Equal(t, before, schema())
		l.exec(`COMMIT`)
		require.Equal(t, rows, l.ask("SELECT * FROM plain"))
	})
}

// Virtual tables, what belongs to them and to views that maintain themselves is not taken for tables of the user's.
func TestAutomigrateVirtual(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE base(a INTEGER PRIMARY KEY NOT NULL, b); CREATE VIRTUAL TABLE total USING materialized_view(SELECT sum(b) AS s FROM base);
			CREATE VIRTUAL TABLE places USING rtree(id, a, b); INSERT INTO places VALUES (1, 2, 3);
			CREATE VIRTUAL TABLE foo_schema USING clset(id PRIMARY KEY NOT NULL, v)`)
		l.exec(`INSERT INTO base VALUES (1, 2); INSERT INTO foo VALUES (1, 2)`)
		l.ask(`SELECT crsql_automigrate(?)`, `CREATE TABLE IF NOT EXISTS base(a INTEGER PRIMARY KEY NOT NULL, b, c);
			CREATE VIRTUAL TABLE IF NOT EXISTS total USING materialized_view(SELECT sum(b) AS s FROM base);
			CREATE VIRTUAL TABLE IF NOT EXISTS places USING rtree(id, a, b);
			CREATE VIRTUAL TABLE IF NOT EXISTS foo_schema USING clset(id PRIMARY KEY NOT NULL, v, w)`)
		l.exec(`INSERT INTO base VALUES (2, 3, 4); UPDATE foo SET w = 3`)
		require.Equal(t, []string{"5"}, l.ask("SELECT s FROM total"))
		require.Equal(t, []string{"1"}, l.ask("SELECT id FROM places WHERE a = 2"))
		require.Equal(t, []string{"1|2|3"}, l.ask("SELECT * FROM foo"))
		require.ErrorContains(t, l.fails(`SELECT crsql_automigrate('CREATE VIRTUAL TABLE IF NOT EXISTS places USING rtree(id, a, b, c, d)')`), "it is virtual")
		l.ask(`SELECT crsql_automigrate('CREATE TABLE IF NOT EXISTS base(a INTEGER PRIMARY KEY NOT NULL, b, c)')`)
		require.Equal(t, []string{"'base'"}, l.ask(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%crsql%' AND name NOT LIKE '\_\_%' ESCAPE '\'`))
	})
}
