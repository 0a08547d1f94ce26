package crsql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

const eventsTable = `CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL DEFAULT (crsql_ulid()), kind TEXT, n INTEGER DEFAULT 0); SELECT crsql_as_log('events')`

// numbers asserts that the events are numbered from 1 on without holes, each once, and returns their keys in that order.
func (l *leaf) numbered(table string) []string {
	l.t.Helper()
	ids := l.ask(fmt.Sprintf(`SELECT id FROM "%s__crsql_log" ORDER BY seq`, table))
	want := []string{}
	for i := range ids {
		want = append(want, fmt.Sprint(i+1))
	}
	require.Equal(l.t, want, l.ask(fmt.Sprintf(`SELECT seq FROM "%s__crsql_log" ORDER BY seq`, table)))
	require.Len(l.t, slices.Compact(slices.Sorted(slices.Values(ids))), len(ids))
	return ids
}

// send merges all changes of l, as they are, into another.
func (l *leaf) send(to *leaf, where string) error {
	l.t.Helper()
	for _, row := range l.ask(`SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq FROM crsql_changes ` + where) {
		if _, err := to.rows("INSERT INTO crsql_changes VALUES (" + strings.ReplaceAll(row, "|", ", ") + ")"); err != nil {
			return err
		}
	}
	return nil
}

func (l *leaf) peer(name string) *leaf {
	return openLeaf(l.t, l.driver, strings.TrimSuffix(l.path, "a.db")+name+".db")
}

func TestLogGrowsOnly(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		l.exec(`INSERT INTO events(kind) VALUES ('a'), ('b'); INSERT INTO events VALUES (NULL, 'c', 7), ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'old', 1)`)
		require.Equal(t, []string{"'a'|0", "'b'|0", "'c'|7", "'old'|1"}, l.ask("SELECT kind, n FROM events__crsql_log ORDER BY seq"))
		ids := l.numbered("events")
		require.True(t, slices.IsSorted(ids[:3]))
		before := l.ask("SELECT * FROM events__crsql_log")
		for _, refused := range []string{
			"UPDATE events SET n = 1", "UPDATE events SET n = n", "UPDATE events SET id = crsql_ulid()", "DELETE FROM events", "DELETE FROM events WHERE kind = 'a'",
			"REPLACE INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2)",
			"INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2)",
			"INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2) ON CONFLICT DO UPDATE SET n = 2",
			"INSERT INTO events VALUES (crsql_ulid(), 'one', 2), ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2)",
			"INSERT OR FAIL INTO events VALUES ('nonsense', 'new', 2)",
			"INSERT INTO events VALUES (lower(crsql_ulid()), 'new', 2)", "INSERT INTO events VALUES (crsql_ulid_blob(), 'new', 2)", "INSERT INTO events VALUES (7, 'new', 2)",
			"INSERT INTO events VALUES ('7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'future', 2)",
		} {
			l.fails(refused)
			require.Equal(t, before, l.ask("SELECT * FROM events__crsql_log"), refused)
		}
		l.exec(`INSERT OR IGNORE INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2);
			INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'new', 2) ON CONFLICT DO NOTHING;
			UPDATE events SET n = 1 WHERE kind = 'none'; DELETE FROM events WHERE kind = 'none'`)
		require.Equal(t, before, l.ask("SELECT * FROM events__crsql_log"))
		require.Len(t, l.ask("INSERT INTO events(kind) VALUES ('r') RETURNING id"), 1)

		// ROLLBACK, ROLLBACK TO and failing statements leave no holes.
		l.exec(`BEGIN; INSERT INTO events(kind) VALUES ('gone'); SAVEPOINT s; INSERT INTO events(kind) VALUES ('gone'); ROLLBACK TO s; ROLLBACK;
			BEGIN; INSERT INTO events(kind) VALUES ('x'); SAVEPOINT s; INSERT INTO events(kind) VALUES ('gone'); ROLLBACK TO s; INSERT INTO events(kind) VALUES ('y'); COMMIT`)
		l.fails("INSERT INTO events(id, kind) VALUES (crsql_ulid(), 'one'), ('bad', 'two')")
		l.exec(`INSERT INTO events(kind) VALUES ('z')`)
		require.Equal(t, []string{"'r'", "'x'", "'y'", "'z'"}, l.ask("SELECT kind FROM events__crsql_log WHERE seq > 4 ORDER BY seq"))
		l.numbered("events")
	})
}

func TestLogShapes(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		before := l.ask("SELECT * FROM sqlite_schema")
		for _, bad := range []string{"id TEXT", "id TEXT PRIMARY KEY", "id INTEGER PRIMARY KEY NOT NULL", "id NUMERIC PRIMARY KEY NOT NULL", "id ANY PRIMARY KEY NOT NULL",
			"id REAL PRIMARY KEY NOT NULL", "id TEXT NOT NULL, k TEXT NOT NULL, PRIMARY KEY(id, k)", "id TEXT PRIMARY KEY NOT NULL, Seq", "id TEXT PRIMARY KEY NOT NULL, a UNIQUE"} {
			l.exec("CREATE TABLE bad(" + bad + ")")
			l.fails("SELECT crsql_as_log('bad')")
			l.exec("DROP TABLE bad")
			require.Equal(t, before, l.ask("SELECT * FROM sqlite_schema"), bad)
		}
		l.fails("SELECT crsql_as_log('nowhere')")
		l.exec("CREATE TABLE bad(id TEXT PRIMARY KEY NOT NULL, v); INSERT INTO bad VALUES ('not an id', 1)")
		require.ErrorContains(t, l.fails("SELECT crsql_as_log('bad')"), "not a ULID")
		l.exec("DELETE FROM bad; SELECT crsql_as_crr('bad'); INSERT INTO bad VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1); UPDATE bad SET v = 2")
		require.ErrorContains(t, l.fails("SELECT crsql_as_log('bad')"), "updated or deleted")

		// Blobs, WITHOUT ROWID, STRICT, names with quotes, no other columns; and what is there already.
		l.exec(`CREATE TABLE "it's ""b"""("i'd" BLOB PRIMARY KEY NOT NULL DEFAULT (crsql_ulid_blob()), "v ""1""" ANY) STRICT, WITHOUT ROWID`)
		l.exec(`INSERT INTO "it's ""b"""("v ""1""") VALUES (1), (2); SELECT crsql_as_log('it''s "b"')`)
		l.exec(`INSERT INTO "it's ""b""" VALUES (NULL, 3); INSERT INTO "it's ""b""" VALUES (crsql_ulid_blob(), 4)`)
		require.Equal(t, []string{"1|1", "2|2", "3|3", "4|4"}, l.ask(`SELECT seq, "v ""1""" FROM "it's ""b""__crsql_log" ORDER BY seq`))
		l.fails(`INSERT INTO "it's ""b""" VALUES (x'00', 3)`)
		require.ErrorContains(t, l.fails(`UPDATE "it's ""b""" SET "v ""1""" = 1`), `it's "b" is a log`)
		l.exec(`CREATE TABLE keys(id PRIMARY KEY NOT NULL); SELECT crsql_as_log('keys'); SELECT crsql_as_log('KEYS'); INSERT INTO keys VALUES (crsql_ulid()), (NULL)`)
		require.Len(t, l.numbered("keys"), 2)

		other := l.peer("b")
		other.exec(`CREATE TABLE "it's ""b"""("i'd" BLOB PRIMARY KEY NOT NULL, "v ""1""" ANY); SELECT crsql_as_log('it''s "b"');
			CREATE TABLE keys(id PRIMARY KEY NOT NULL); SELECT crsql_as_log('keys'); CREATE TABLE bad(id TEXT PRIMARY KEY NOT NULL, v); SELECT crsql_as_crr('bad')`)
		require.NoError(t, l.send(other, ""))
		require.Equal(t, l.numbered("keys"), other.numbered("keys"))
		require.Equal(t, l.ask(`SELECT * FROM "it's ""b"""`), other.ask(`SELECT * FROM "it's ""b"""`))
		require.Len(t, other.ask(`SELECT 1 FROM "it's ""b""__crsql_log"`), 4)

		// A log no more.
		l.exec(`SELECT crsql_as_table('keys'); DELETE FROM keys; DROP TABLE keys`)
		require.Empty(t, l.ask("SELECT name FROM sqlite_schema WHERE name LIKE 'keys%'"))
		l.exec(`CREATE TABLE keys(id PRIMARY KEY NOT NULL); SELECT crsql_as_log('keys'); INSERT INTO keys VALUES (NULL)`)
		require.Len(t, l.numbered("keys"), 1)
		l.exec(`DROP TABLE keys; CREATE TABLE keys(id PRIMARY KEY NOT NULL, v); SELECT crsql_as_crr('keys'); INSERT INTO keys VALUES (1, 2); UPDATE keys SET v = 3; DELETE FROM keys`)
		require.Empty(t, l.ask("SELECT name FROM sqlite_schema WHERE name LIKE 'keys%_log%'"))
	})
}

// The clock goes on when the machine's time does not: on one connection, on two, and in a file that is opened again.
func TestLogClock(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
		defer crsql.SetMachineTime(func() time.Time { return now })()
		l.exec(eventsTable)
		l.exec(`CREATE TABLE more(id BLOB PRIMARY KEY NOT NULL); SELECT crsql_as_log('more')`)
		other := openLeaf(t, l.driver, l.path)
		insert := func(on *leaf) {
			on.exec(`INSERT INTO events(kind) VALUES ('a'), ('b'); INSERT INTO events VALUES (NULL, 'c', 1)`)
		}
		for i := range 4 {
			insert(l)
			insert(other)
			now = now.Add(time.Duration(-i) * time.Hour)
		}
		l.exec(`INSERT INTO more VALUES (NULL)`)
		require.NoError(t, l.Close())
		l = openLeaf(t, l.driver, l.path)
		insert(l)
		require.Equal(t, l.ask("SELECT id FROM events ORDER BY id"), l.numbered("events"))
		require.Equal(t, []string{"1"}, l.ask("SELECT (SELECT max(id) FROM events) > crsql_ulid() IS FALSE"))
		require.Equal(t, []string{"'01KQY1'"}, l.ask("SELECT DISTINCT substr(id, 1, 6) FROM events"))
		require.Equal(t, []string{"1"}, l.ask("SELECT count(DISTINCT substr(id, 1, 10)) FROM events"))

		// Ahead of the machine by more than the bound, which can be set.
		future := l.peer("b")
		future.exec(eventsTable)
		now = now.Add(24 * time.Hour)
		future.exec(`INSERT INTO events(kind) VALUES ('ahead')`)
		now = now.Add(-5*time.Minute - time.Millisecond)
		before := l.ask("SELECT * FROM events__crsql_log")
		require.ErrorContains(t, future.send(l, ""), "5m0.001s ahead of this machine's clock; 5m0s are allowed")
		require.Equal(t, before, l.ask("SELECT * FROM events__crsql_log"))
		l.exec(`SELECT crsql_config_set('log-max-ahead-ms', 300001)`)
		require.NoError(t, future.send(l, ""))
		require.Len(t, l.numbered("events"), 28)
		insert(l)
		require.True(t, slices.IsSorted(l.numbered("events")))
		now = now.Add(-time.Minute)
		l.exec(`SELECT crsql_config_set('log-max-ahead-ms', 0)`)
		ahead := l.ask("SELECT max(id) FROM events")[0]
		third := l.peer("c")
		third.exec(eventsTable)
		require.ErrorContains(t, third.fails("INSERT INTO events VALUES ("+ahead+", 'x', 1)"), "too far in the future")
		now = now.Add(time.Minute + time.Millisecond)
		third.exec("INSERT INTO events VALUES (" + ahead + ", 'x', 1)")
	})
}
