package crsql_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the host sets does not open a log, nor close it.
func TestLogUnderPragmas(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		l.exec(`CREATE TABLE todo(id PRIMARY KEY NOT NULL, ord, list); SELECT crsql_as_crr('todo'); SELECT crsql_fract_as_ordered('todo', 'ord', 'list')`)
		for _, pragma := range []string{"trusted_schema = OFF", "recursive_triggers = ON", "foreign_keys = ON", "defer_foreign_keys = ON", "ignore_check_constraints = ON"} {
			l.exec("PRAGMA " + pragma)
			before := len(l.numbered("events"))
			l.exec(`INSERT INTO events(kind) VALUES ('a'), ('b')`)
			require.Equal(t, []string{"2"}, l.ask("SELECT changes()"))
			require.Equal(t, l.ask("SELECT max(rowid) FROM events"), l.ask("SELECT last_insert_rowid()"))
			l.exec(`INSERT INTO events VALUES (NULL, 'c', 1)`)
			require.Len(t, l.numbered("events"), before+3)
			for _, refused := range []string{"REPLACE INTO events SELECT * FROM events LIMIT 1", "UPDATE OR REPLACE events SET n = 1", "DELETE FROM events",
				"INSERT INTO events SELECT id, 1, 1 FROM events WHERE true LIMIT 1 ON CONFLICT DO UPDATE SET n = 2"} {
				l.fails(refused)
			}
			l.exec(`INSERT OR REPLACE INTO todo VALUES (1, 1, 'L'), (2, -1, 'L'); INSERT OR REPLACE INTO todo_fractindex(id, list, after_id) VALUES (3, 'L', 2)`)
			require.Equal(t, []string{"2", "3", "1"}, l.ask("SELECT id FROM todo ORDER BY ord"))
		}
	})
}

// Two connections write one log at a time: numbers have no holes, and keys ascend with them.
func TestLogConcurrently(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 60000")
		l.exec(eventsTable)
		other := openLeaf(t, l.driver, l.path)
		other.exec("PRAGMA synchronous = OFF; PRAGMA busy_timeout = 60000")
		failed := make(chan error)
		for _, on := range []*leaf{l, other} {
			go func() {
				var err error
				for i := 0; i < 100 && err == nil; i++ {
					_, err = on.rows(`INSERT INTO events(kind) VALUES ('a'), ('b')`)
				}
				failed <- err
			}()
		}
		require.NoError(t, errors.Join(<-failed, <-failed))
		ids := l.numbered("events")
		require.Len(t, ids, 400)
		require.True(t, slices.IsSorted(ids))
	})
}

// Views that maintain themselves may be over a log's numbers too.
func TestLogNumbersUnderView(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		other := l.peer("b")
		other.exec(eventsTable)
		l.exec(`INSERT INTO events(kind) VALUES ('a'), ('b')`)
		for _, p := range []*leaf{l, other} {
			p.exec(`CREATE VIRTUAL TABLE latest USING materialized_view(SELECT kind, count(*) AS events, max(seq) AS seq FROM events__crsql_log GROUP BY kind)`)
		}
		check := func(p *leaf) {
			t.Helper()
			require.Equal(t, p.ask("SELECT kind, count(*), max(seq) FROM events__crsql_log GROUP BY kind ORDER BY kind"), p.ask("SELECT * FROM latest ORDER BY kind"))
		}
		l.exec(`INSERT INTO events(kind) VALUES ('a'); BEGIN; INSERT INTO events VALUES (NULL, 'c', 1); SAVEPOINT s; INSERT INTO events(kind) VALUES ('c')`)
		check(l)
		l.exec(`ROLLBACK TO s; INSERT INTO events(kind) VALUES ('d'); COMMIT`)
		check(l)
		l.fails(`REPLACE INTO events SELECT * FROM events`)
		check(l)
		require.NoError(t, l.send(other, "LIMIT 3"))
		check(other)
		other.exec(`INSERT INTO events(kind) VALUES ('a')`)
		require.NoError(t, l.send(other, ""))
		check(other)
		require.NoError(t, other.send(l, ""))
		check(l)
		require.Equal(t, l.ask("SELECT kind, events FROM latest ORDER BY kind"), other.ask("SELECT kind, events FROM latest ORDER BY kind"))
	})
}

// A table that was a log for the time of a transaction, or a part of it, is none afterwards.
func TestLogRolledBack(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		other := l.peer("b")
		other.exec(`CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, v); SELECT crsql_as_crr('events'); INSERT INTO events VALUES ('no ulid', 1)`)
		l.exec(`CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, v); SELECT crsql_as_crr('events')`)
		for _, undo := range [][2]string{{"BEGIN", "ROLLBACK"}, {"BEGIN; SAVEPOINT a", "ROLLBACK TO a; COMMIT"}, {"SAVEPOINT a", "ROLLBACK TO a; RELEASE a"}} {
			l.exec(undo[0])
			l.exec(`SELECT crsql_as_log('events'); INSERT INTO events VALUES (NULL, 1)`)
			require.Len(t, l.numbered("events"), 1)
			l.fails("UPDATE events SET v = 2")
			require.ErrorContains(t, other.send(l, ""), "not a ULID")
			l.exec(undo[1])
			require.NoError(t, other.send(l, ""))
			require.Equal(t, []string{"'no ulid'|1"}, l.ask("SELECT * FROM events"))
			l.exec("UPDATE events SET v = 2; DELETE FROM events; DELETE FROM events__crsql_clock; DELETE FROM events__crsql_pks")
			require.Empty(t, l.ask("SELECT name FROM sqlite_schema WHERE name LIKE 'events%log%' OR name LIKE 'events%seq%'"))
		}
		// Made a log by one connection, and taken back to a table, while another has it open.
		second := openLeaf(t, l.driver, l.path)
		second.exec(`INSERT INTO events VALUES (crsql_ulid(), 1)`)
		l.exec(`SELECT crsql_as_log('events')`)
		second.exec(`INSERT INTO events VALUES (NULL, 2)`)
		second.fails(`UPDATE events SET v = 2`)
		require.ErrorContains(t, other.send(second, ""), "not a ULID")
		require.Len(t, second.numbered("events"), 2)
		l.exec(`SELECT crsql_as_table('events')`)
		second.exec(`UPDATE events SET v = 2; SELECT crsql_as_crr('events')`)
		require.NoError(t, other.send(second, ""))
		require.Equal(t, []string{"3"}, l.ask("SELECT count(*) FROM events"))
	})
}
