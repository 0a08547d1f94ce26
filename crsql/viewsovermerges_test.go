package crsql_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Views over tables that replicate see local writes and merges alike, within the transaction and after it, whatever is
// taken back.
func TestViewsOverMerges(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, g, n); SELECT crsql_as_crr('t'); INSERT INTO t VALUES(1, 'a', 1), (2, 'b', 2)`)
		const query = "SELECT g, count(*) AS c, sum(n) AS s FROM t GROUP BY g"
		l.exec("CREATE MATERIALIZED VIEW v AS " + query)
		right := func(when string) {
			t.Helper()
			require.Equal(t, l.ask(query+" ORDER BY g"), l.ask("SELECT * FROM v ORDER BY g"), when)
		}
		merge := func(id int, cid, val string, version, cl int) string {
			return fmt.Sprintf("INSERT INTO crsql_changes VALUES('t', x'0109%02x', '%s', %s, %d, 1, x'11', %d, 0);", id, cid, val, version, cl)
		}
		l.exec(merge(1, "n", "10", 2, 1) + merge(3, "g", "'a'", 1, 1))
		right("merged")
		l.exec("BEGIN; INSERT INTO t VALUES(4, 'c', 4), (5, 'c', 5);" + merge(2, "-1", "NULL", 2, 2) + merge(6, "n", "6", 1, 1))
		right("within the transaction")
		l.exec("SAVEPOINT s;" + merge(4, "g", "'d'", 2, 1) + "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES(7, 'd', 7)")
		right("within a savepoint")
		l.exec("ROLLBACK TO s")
		right("after ROLLBACK TO")
		l.exec(merge(2, "g", "'back'", 1, 3) + "COMMIT")
		right("after COMMIT")
		l.exec("BEGIN;" + merge(1, "-1", "NULL", 2, 2) + "UPDATE t SET id = id + 100; ROLLBACK")
		right("after ROLLBACK")
		l.exec("UPDATE t SET id = id + 100")
		right("with other keys")
		require.Equal(t, []string{"'back'|1|NULL"}, l.ask("SELECT * FROM v WHERE g = 'back'"))
	})
}
