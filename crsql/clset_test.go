package crsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCLSet(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE VIRTUAL TABLE foo_schema USING clset(id INTEGER PRIMARY KEY NOT NULL, b TEXT DEFAULT 'x, y', c)`)
		l.exec(`INSERT INTO foo(id, c) VALUES (1, 2)`)
		require.Equal(t, []string{"1|'x, y'|2"}, l.ask("SELECT * FROM foo"))
		require.Equal(t, []string{"'foo'|'b'|'x, y'", "'foo'|'c'|2"}, l.ask(`SELECT "table", cid, val FROM crsql_changes`))
		require.Empty(t, l.ask("SELECT alteration, schema FROM foo_schema"))

		// In a transaction that is rolled back, and failing.
		l.exec(`BEGIN; CREATE VIRTUAL TABLE bar_schema USING clset(id PRIMARY KEY NOT NULL, b); INSERT INTO bar VALUES (1, 2)`)
		before := l.ask("SELECT name, sql FROM sqlite_schema ORDER BY name")
		for _, bad := range []string{"none USING clset(id PRIMARY KEY NOT NULL)", "_schema USING clset(id PRIMARY KEY NOT NULL)",
			"n_schema USING clset", "n_schema USING clset(id PRIMARY KEY)", "n_schema USING clset(id,)", "foo_schema USING clset(id PRIMARY KEY NOT NULL)",
			"temp.n_schema USING clset(id PRIMARY KEY NOT NULL)"} {
			l.fails("CREATE VIRTUAL TABLE " + bad)
			require.Equal(t, before, l.ask("SELECT name, sql FROM sqlite_schema ORDER BY name"), bad)
		}
		l.exec(`ROLLBACK`)
		require.Empty(t, l.ask("SELECT 1 FROM sqlite_schema WHERE name LIKE 'bar%'"))

		// Another connection, which connects to it.
		other := openLeaf(t, l.driver, l.path)
		require.Empty(t, other.ask("SELECT alteration FROM foo_schema"))
		other.exec(`DROP TABLE foo_schema`)
		require.Empty(t, l.ask("SELECT 1 FROM sqlite_schema WHERE name LIKE 'foo%'"))
		require.Empty(t, l.ask("SELECT * FROM crsql_changes"))
		require.Equal(t, []string{"1"}, l.ask("SELECT crsql_db_version()"))

		// The table is gone already, with a name that needs quoting.
		l.exec(`CREATE VIRTUAL TABLE "a ""b'_schema" USING clset("k 1" PRIMARY KEY NOT NULL, v)`)
		l.exec(`INSERT INTO "a ""b'" VALUES (1, 2); DROP TABLE "a ""b'"`)
		l.exec(`DROP TABLE "a ""b'_schema"`)
		require.Empty(t, l.ask(`SELECT 1 FROM sqlite_schema WHERE name LIKE '%b''%'`))
	})
}
