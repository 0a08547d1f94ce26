package crsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs put triggers on clocks, to hear of changes, and views over them.
func TestWatchedClocks(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, a, b); SELECT crsql_as_crr('t'); CREATE TABLE seen(key, name);
			CREATE TRIGGER hear AFTER INSERT ON t__crsql_clock BEGIN INSERT INTO seen VALUES(NEW.key, NEW.col_name); END`)
		l.exec("CREATE MATERIALIZED VIEW versions AS SELECT db_version, count(*) AS n FROM t__crsql_clock GROUP BY db_version")
		l.exec("INSERT INTO t VALUES(1, 1, 1), (2, 2, 2)")
		l.exec("BEGIN; INSERT INTO t VALUES(3, 1, 1), (4, 2, 2); UPDATE t SET a = 7; COMMIT")
		l.exec("INSERT INTO crsql_changes VALUES('t', x'010909', 'a', 1, 1, 1, x'11', 1, 0)")
		require.Equal(t, []string{"9"}, l.ask("SELECT count(*) FROM seen"))
		require.Equal(t, l.ask("SELECT db_version, count(*) FROM t__crsql_clock GROUP BY db_version ORDER BY 1"), l.ask("SELECT * FROM versions ORDER BY 1"))
	})
}
