package crsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What a column stores otherwise than it came is not news when it comes again.
func TestRepeatedWithOtherClass(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id PRIMARY KEY NOT NULL, r REAL, x TEXT, i INTEGER, n); SELECT crsql_as_crr('t')`)
		for _, c := range []struct{ column, value, stored string }{
			{"r", "1", "'1.0'"}, {"r", "9007199254740993", "'9007199254740992.0'"}, {"x", "5", "'''5'''"}, {"x", "1.5", "'''1.5'''"},
			{"i", "5.0", "'5'"}, {"i", "'7'", "'7'"}, {"n", "1.0", "'1.0'"}, {"n", "1", "'1'"}, {"n", "'1'", "'''1'''"}, {"r", "'x'", "'''x'''"},
		} {
			insert := "INSERT INTO crsql_changes VALUES ('t', x'010901', '" + c.column + "', " + c.value + ", 1, 1, x'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 0)"
			l.exec("BEGIN; " + insert)
			require.Equal(t, []string{"1"}, l.ask("SELECT crsql_rows_impacted()"))
			require.Equal(t, []string{c.stored}, l.ask("SELECT quote("+c.column+") FROM t"), c)
			l.exec(insert)
			require.Equal(t, []string{"1"}, l.ask("SELECT crsql_rows_impacted()"), c)
			l.exec("ROLLBACK")
		}
		// Without a declared type the classes are kept, and the greater wins.
		l.exec("BEGIN; INSERT INTO crsql_changes VALUES ('t', x'010901', 'n', 1.0, 1, 1, x'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 0)")
		l.exec("INSERT INTO crsql_changes VALUES ('t', x'010901', 'n', 1, 1, 1, x'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 0)")
		require.Equal(t, []string{"2"}, l.ask("SELECT crsql_rows_impacted()"))
		require.Equal(t, []string{"'1'"}, l.ask("SELECT quote(n) FROM t"))
		l.exec("ROLLBACK")
	})
}
