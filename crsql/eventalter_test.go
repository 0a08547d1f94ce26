package crsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
)

func TestLogAltered(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		l.exec(`INSERT INTO events(kind) VALUES ('a')`)
		l.exec(`SELECT crsql_begin_alter('events'); ALTER TABLE events ADD COLUMN more DEFAULT 'm'; ALTER TABLE events DROP COLUMN n`)
		l.fails(`DELETE FROM events`)
		l.exec(`SELECT crsql_commit_alter('events')`)
		l.exec(`INSERT INTO events(kind) VALUES ('b'); INSERT INTO events(id, kind, more) VALUES (NULL, 'c', 7)`)
		require.Equal(t, []string{"1|'a'|'m'", "2|'b'|'m'", "3|'c'|7"}, l.ask("SELECT seq, kind, more FROM events__crsql_log ORDER BY seq"))
		l.fails(`UPDATE events SET more = 1`)
		l.fails(`REPLACE INTO events SELECT * FROM events`)

		// To and from a peer without the alteration: what it does not have is not waited for.
		old := l.peer("old")
		old.exec(eventsTable)
		old.exec(`INSERT INTO events(kind, n) VALUES ('o', 1)`)
		require.NoError(t, old.send(l, ""))
		require.Equal(t, []string{"'o'|'m'"}, l.ask("SELECT kind, more FROM events__crsql_log WHERE seq = 4"))
		require.NoError(t, l.send(old, ""))
		require.Len(t, old.ask("SELECT 1 FROM events"), 4)
		// It waits for n, which is gone where they come from, until it is told not to.
		require.Equal(t, []string{"1"}, old.ask("SELECT seq FROM events__crsql_log ORDER BY seq"))
		require.Equal(t, []string{"'OK'"}, old.ask("SELECT crsql_as_log('events')"))
		require.Len(t, old.numbered("events"), 4)

		// The old peer catches up.
		old.exec(`SELECT crsql_begin_alter('events'); ALTER TABLE events ADD COLUMN more DEFAULT 'm'; SELECT crsql_commit_alter('events')`)
		require.Equal(t, []string{"'m'", "'m'", "7", "'m'"}, old.ask("SELECT more FROM events ORDER BY kind"))

		// Its key stays what it is.
		before := l.ask("SELECT sql FROM sqlite_schema")
		l.exec(`SELECT crsql_begin_alter('events'); ALTER TABLE events RENAME COLUMN id TO other`)
		require.ErrorContains(t, l.fails(`SELECT crsql_commit_alter('events')`), "key of a log")
		require.Equal(t, before, l.ask("SELECT sql FROM sqlite_schema"))

		// By automigrate.
		l.ask(`SELECT crsql_automigrate(?)`, strings.ReplaceAll(eventsTable, "TABLE events", "TABLE IF NOT EXISTS events"))
		l.exec(`INSERT INTO events VALUES (NULL, 'd', 4)`)
		require.Equal(t, []string{"'a'|0", "'b'|0", "'c'|0", "'o'|1", "'d'|4"}, l.ask("SELECT kind, n FROM events__crsql_log ORDER BY seq"))
	})
}

// A peer that begins with a column which older events lack, and one that dropped a column: when all has come, all is numbered.
func TestLogSettled(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		l.exec(`INSERT INTO events(kind) VALUES ('a'), ('b')`)
		l.exec(`SELECT crsql_begin_alter('events'); ALTER TABLE events ADD COLUMN more; ALTER TABLE events DROP COLUMN n; SELECT crsql_commit_alter('events')`)
		l.exec(`INSERT INTO events(kind, more) VALUES ('c', 7)`)
		for _, schema := range []string{"kind TEXT, more", "kind TEXT, n, more", "kind TEXT"} {
			young := l.peer("young" + fmt.Sprint(len(schema)))
			young.exec(`CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, ` + schema + `); SELECT crsql_as_log('events')`)
			require.NoError(t, l.send(young, "LIMIT 3"))
			if schema != "kind TEXT" {
				require.Empty(t, young.ask("SELECT 1 FROM events__crsql_log WHERE kind <> 'c'"))
			}
			from, to := openPool(t, l), openPool(t, young)
			_, err := crsql.Pull(context.Background(), to, from)
			require.NoError(t, err)
			require.Equal(t, []string{"'a'", "'b'", "'c'"}, young.ask("SELECT kind FROM events__crsql_log ORDER BY id"))
			young.numbered("events")
		}
		// By hand.
		hand := l.peer("hand")
		hand.exec(`CREATE TABLE events(id BLOB PRIMARY KEY NOT NULL, kind, more); SELECT crsql_settle_logs(); SELECT crsql_as_log('events'); SELECT crsql_settle_logs()`)
		require.ErrorContains(t, l.send(hand, ""), "blobs of 16 bytes")
		hand.exec(`SELECT crsql_as_table('events'); DROP TABLE events; CREATE TABLE events(id PRIMARY KEY NOT NULL, kind, more); SELECT crsql_as_log('events')`)
		require.NoError(t, l.send(hand, ""))
		require.Len(t, hand.numbered("events"), 1)
		hand.exec(`BEGIN; SELECT crsql_settle_logs()`)
		require.Len(t, hand.numbered("events"), 3)
		hand.exec(`ROLLBACK`)
		require.Len(t, hand.numbered("events"), 1)
		hand.exec(`SELECT crsql_settle_logs(); SELECT crsql_settle_logs()`)
		require.Len(t, hand.numbered("events"), 3)
	})
}

func openPool(t *testing.T, l *leaf) *sql.DB {
	db, err := sql.Open(l.driver, l.path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// Events come through crsql.Apply as through the table.
func TestLogApplied(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec(eventsTable)
		l.exec(`INSERT INTO events(kind, n) SELECT 'k' || value, value FROM json_each('[1, 2, 3, 4, 5]')`)
		other := l.peer("b")
		other.exec(eventsTable)
		for range 2 {
			_, err := crsql.Apply(context.Background(), other.Conn, crsql.Changes(context.Background(), l.Conn, 0))
			require.NoError(t, err)
			require.Equal(t, l.numbered("events"), other.numbered("events"))
		}
		require.Equal(t, l.ask("SELECT * FROM events"), other.ask("SELECT * FROM events"))
	})
}

// An original peer takes a log for a replicated table. What it updates or deletes stays in the log.
func TestLogInterop(t *testing.T) {
	node := startNode(t)
	eachEngine(t, func(t *testing.T, l *leaf) {
		o, err := node.OpenSite("log-"+l.driver, strings.Repeat("0e", 16))
		require.NoError(t, err)
		original := &interopPeer{Peer: o, name: "original"}
		ours := &interopPeer{Peer: &peers.Local{Conn: l.Conn}, name: "ours"}
		require.NoError(t, o.Exec(`CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, kind TEXT, n INTEGER DEFAULT 0); SELECT crsql_as_crr('events')`))
		l.exec(eventsTable)
		l.exec(`INSERT INTO events(kind) VALUES ('a'), ('b'), ('c')`)
		original.apply(t, ours.changes(t, "1"))
		require.NoError(t, o.Exec(`INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'o', 1); UPDATE events SET kind = 'z' WHERE kind = 'b'; DELETE FROM events WHERE kind = 'c'`))
		require.NoError(t, o.Exec(`INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAW', 'p', 1); UPDATE events SET kind = 'q', n = 2 WHERE kind = 'p'`))
		for range 2 {
			ours.apply(t, original.changes(t, "1"))
			require.Equal(t, []string{"'a'|0", "'z'|0", "'c'|0", "'o'|1", "'q'|2"}, l.ask("SELECT kind, n FROM events__crsql_log ORDER BY seq"))
		}
		require.Len(t, l.numbered("events"), 5)
		require.Error(t, o.Exec(`INSERT INTO events VALUES ('none', 'o')`))
		require.NoError(t, o.Exec(`INSERT INTO events VALUES ('none', 'o', 1)`))
		rows := original.changes(t, "1")
		before := l.dumpTables()
		_, err = crsql.Apply(context.Background(), l.Conn, crsql.Each([]crsql.Change{{Table: "events", PK: []byte("\x01\x0b\x04none"), CID: "kind", Val: rows[0][3],
			ColVersion: 1, DBVersion: 9, Site: []byte(strings.Repeat("\x0e", 16)), CL: 1}}))
		require.ErrorContains(t, err, "not a ULID")
		require.Equal(t, before, l.dumpTables())

		// The file opens in the original, which reads all and can't write what it does not know how to.
		require.NoError(t, l.Close())
		image, err := os.ReadFile(l.path)
		require.NoError(t, err)
		file, err := node.Open("file-"+l.driver, image)
		require.NoError(t, err)
		read, err := file.Query("SELECT kind FROM events__crsql_log ORDER BY seq")
		require.NoError(t, err)
		require.Len(t, read, 5)
		changes, err := file.Query("SELECT count(*) FROM crsql_changes")
		require.NoError(t, err)
		require.EqualValues(t, 10, changes[0][0].Int())
		require.ErrorContains(t, file.Exec("INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAX', 'x', 1)"), "no such function: crsql_")
		require.ErrorContains(t, file.Exec("DELETE FROM events"), "is a log")
	})
}

// dumpTables returns what all plain tables hold.
func (l *leaf) dumpTables() (out []string) {
	for _, name := range l.ask("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name") {
		out = append(out, l.ask(fmt.Sprintf("SELECT %s, * FROM %s", name, strings.ReplaceAll(name, "'", `"`)))...)
	}
	return out
}
