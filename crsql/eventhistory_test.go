package crsql_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

var (
	logSeed      = flag.Uint64("crsql.logseed", 1, "first seed of the histories of logs")
	logHistories = flag.Int("crsql.loghistories", 3, "how many histories of logs are run on each engine")
)

// logPeer is a file with a log, a view over it, two connections, a reader that resumes, and a clock of its own.
type logPeer struct {
	*leaf
	other *leaf
	time  time.Time
	seq   int      // up to where the reader has read
	read  []string // the events that it has seen

	copy     []byte // of the file, and how far the reader was then
	copySeq  int
	copyRead []string
}

const sharedIDs = 4 // keys that several peers use for events of their own

// logHistory is a random history of peers that share a log.
type logHistory struct {
	t     *testing.T
	r     *rand.Rand
	peers []*logPeer
	step  int
	pages bool // changes travel in replies, otherwise as rows of crsql_changes
	lost  bool // a file went back to a copy: columns of an event that had gone out in part may be nowhere any more
}

func newLogHistory(t *testing.T, driver, dir string, seed uint64) *logHistory {
	h := &logHistory{t: t, r: rand.New(rand.NewPCG(seed, 7)), pages: seed%2 == 0}
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	t.Cleanup(crsql.SetMachineTime(func() time.Time { return start }))
	for i := range 3 {
		p := &logPeer{time: start}
		path := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		p.leaf, p.other = openLeaf(t, driver, path), openLeaf(t, driver, path)
		p.exec(`CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL DEFAULT (crsql_ulid()), kind TEXT, n INTEGER DEFAULT 0, more);
			CREATE VIRTUAL TABLE kinds USING materialized_view(SELECT kind, count(*) AS events, sum(n) AS n, max(more) AS more FROM events GROUP BY kind)`)
		if h.r.IntN(2) == 0 {
			p.exec(`INSERT INTO events(kind, n) VALUES ('early', 1)`)
		}
		p.exec(`SELECT crsql_as_log('events')`)
		h.peers = append(h.peers, p)
	}
	return h
}

// id is an explicit key: shared ones, which peers give to events of their own, begin with 00.
func (h *logHistory) id(p *logPeer) string {
	if h.r.IntN(3) == 0 {
		return fmt.Sprintf("'00SHARED0000000000000000%02d'", h.r.IntN(sharedIDs))
	}
	return fmt.Sprintf("'%s'", backdated(h.r, p.time))
}

// backdated is a key of an event that was made in the past.
func backdated(r *rand.Rand, now time.Time) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	ms := now.UnixMilli() - r.Int64N(1e9)
	id := make([]byte, 26)
	for i := range id {
		if i < 10 {
			id[i] = digits[ms>>(5*(9-i))&31]
		} else {
			id[i] = digits[r.IntN(32)]
		}
	}
	return string(id)
}

func (h *logHistory) values() string {
	return fmt.Sprintf("'%c', %d, %s", 'a'+h.r.IntN(3), h.r.IntN(9), []string{"NULL", "x'01'", "'t'", "2.5", "3"}[h.r.IntN(5)])
}

// write has a peer make events, or try what a log refuses.
func (h *logHistory) write(p *logPeer, on *leaf) {
	one := "INSERT INTO events(kind, n, more) VALUES (" + h.values() + ")"
	switch h.r.IntN(10) {
	case 0, 1:
		on.exec(one)
	case 2:
		on.exec("INSERT INTO events VALUES (NULL, " + h.values() + "), (crsql_ulid(), " + h.values() + "); " + one)
	case 3, 4:
		on.exec("INSERT OR IGNORE INTO events VALUES (" + h.id(p) + ", " + h.values() + ")")
	case 5:
		on.exec("BEGIN; " + one + "; SAVEPOINT s; " + one + "; " + one)
		on.fails("INSERT INTO events(id, kind) VALUES (crsql_ulid(), 'gone'), ('bad', 'gone')")
		on.exec([]string{"ROLLBACK TO s; " + one + "; COMMIT", "ROLLBACK TO s; COMMIT", "RELEASE s; COMMIT", "ROLLBACK"}[h.r.IntN(4)])
	case 6:
		on.exec("INSERT INTO events(kind) SELECT value FROM json_each('[\"a\", \"b\", \"c\"]')")
	default:
		if len(on.ask("SELECT 1 FROM events LIMIT 1")) == 0 {
			return
		}
		on.fails([]string{"UPDATE events SET n = n + 1", "DELETE FROM events", "REPLACE INTO events SELECT id, 'gone', 1, 1 FROM events LIMIT 1",
			"UPDATE events SET id = crsql_ulid() WHERE rowid = 1", "INSERT INTO events SELECT * FROM events",
			"INSERT INTO events SELECT id, 'gone', 1, 1 FROM events LIMIT 1 ON CONFLICT(id) DO UPDATE SET kind = 'gone'"}[h.r.IntN(6)])
	}
}

// deliver merges some changes of one peer into another, in any order, some twice, in several transactions of which some are
// rolled back.
func (h *logHistory) deliver(from, to *logPeer, all bool) {
	if h.pages {
		if from != to {
			h.exchange(from, to, all)
		}
		return
	}
	rows := from.ask(`SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq FROM crsql_changes ORDER BY db_version, seq`)
	if !all && len(rows) > 0 {
		a := h.r.IntN(len(rows))
		rows = rows[a : a+h.r.IntN(len(rows)-a)+1]
		switch h.r.IntN(3) {
		case 0:
			h.r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		case 1:
			rows = append(rows, rows[h.r.IntN(len(rows)):]...)
		}
	}
	for len(rows) > 0 {
		n := len(rows)
		if !all {
			n = h.r.IntN(n) + 1
		}
		to.exec("BEGIN")
		var failed error
		for _, row := range rows[:n] {
			values := strings.Split(row, "|")
			if !all && h.r.IntN(40) == 0 {
				values[4], values[7] = fmt.Sprint(h.r.IntN(4)), fmt.Sprint(h.r.IntN(5)) // what a peer did that knows of no log
			}
			if _, failed = to.rows("INSERT INTO crsql_changes VALUES (" + strings.Join(values, ", ") + ")"); failed != nil {
				break
			}
		}
		if failed != nil {
			require.False(h.t, all, failed)
			require.ErrorContains(h.t, failed, "too far in the future")
		}
		if failed != nil || !all && h.r.IntN(6) == 0 {
			to.exec("ROLLBACK")
			return
		}
		to.exec("COMMIT")
		rows = rows[n:]
	}
}

// exchange brings changes of one peer to another in small replies, of which some are lost and some come twice.
func (h *logHistory) exchange(from, to *logPeer, all bool) {
	ctx, source, target := context.Background(), openPool(h.t, from.leaf), openPool(h.t, to.leaf)
	defer source.Close()
	defer target.Close()
	for range 1000 {
		request, err := crsql.Ask(ctx, target)
		require.NoError(h.t, err)
		reply, err := crsql.Serve(ctx, source, request, 1+h.r.IntN(12))
		require.NoError(h.t, err)
		if !all && h.r.IntN(5) == 0 {
			return // lost
		}
		for range 1 + h.r.IntN(2) {
			if _, err = crsql.Receive(ctx, target, reply); err != nil {
				require.False(h.t, all, err)
				require.ErrorContains(h.t, err, "too far in the future")
				return
			}
		}
		if !reply.More {
			return
		}
	}
	require.Fail(h.t, "no end to what a peer sends")
}

// accident copies a peer's file, or puts the copy back.
func (h *logHistory) accident(p *logPeer) {
	var err error
	switch k := h.r.IntN(4); {
	case p.copy == nil || k == 0:
		p.copy, err = os.ReadFile(p.path)
		require.NoError(h.t, err)
		p.copySeq, p.copyRead = p.seq, slices.Clone(p.read)
		return
	case k == 1:
		return
	}
	h.lost = true
	require.NoError(h.t, p.Close())
	require.NoError(h.t, p.other.Close())
	require.NoError(h.t, os.WriteFile(p.path, p.copy, 0o644))
	p.seq, p.read = p.copySeq, slices.Clone(p.copyRead)
	p.leaf, p.other = openLeaf(h.t, p.driver, p.path), openLeaf(h.t, p.driver, p.path)
}

// resume reads the events that arrived since.
func (p *logPeer) resume() {
	for _, row := range p.ask("SELECT seq, id, kind, n, more FROM events__crsql_log WHERE seq > ? ORDER BY seq", p.seq) {
		seq, event, _ := strings.Cut(row, "|")
		p.seq++
		require.Equal(p.t, fmt.Sprint(p.seq), seq)
		p.read = append(p.read, event)
	}
}

func (h *logHistory) check(p *logPeer) {
	p.numbered("events")
	require.Equal(h.t, p.ask("SELECT kind, count(*), sum(n), max(more) FROM events GROUP BY kind ORDER BY kind"), p.ask("SELECT * FROM kinds ORDER BY kind"))
}

func (h *logHistory) run(steps int) {
	for h.step = range steps {
		p := h.peers[h.r.IntN(len(h.peers))]
		crsql.SetMachineTime(func() time.Time { return p.time })
		switch h.r.IntN(13) {
		case 0:
			p.time = p.time.Add(time.Duration(h.r.IntN(240_000)-80_000) * time.Millisecond)
		case 1:
			require.NoError(h.t, p.Close())
			p.leaf = openLeaf(h.t, p.driver, p.path)
		case 2:
			p.resume()
		case 3:
			h.accident(p)
			h.check(p)
		case 4, 5, 6:
			h.deliver(h.peers[h.r.IntN(len(h.peers))], p, false)
			h.check(p)
		default:
			h.write(p, []*leaf{p.leaf, p.other}[h.r.IntN(2)])
			h.check(p)
		}
	}
	h.settle()
}

// settle exchanges everything until nothing moves, and compares.
func (h *logHistory) settle() {
	latest := slices.MaxFunc(h.peers, func(a, b *logPeer) int { return a.time.Compare(b.time) }).time
	crsql.SetMachineTime(func() time.Time { return latest })
	for range 2 {
		for _, a := range h.peers {
			for _, b := range h.peers {
				if a != b {
					h.deliver(a, b, true)
				}
			}
		}
	}
	want := h.peers[0].ask("SELECT * FROM events ORDER BY id")
	for i, p := range h.peers {
		require.Equal(h.t, want, p.ask("SELECT * FROM events ORDER BY id"), "peer %d", i)
		require.Equal(h.t, h.peers[0].ask("SELECT * FROM kinds ORDER BY kind"), p.ask("SELECT * FROM kinds ORDER BY kind"))
		h.check(p)
		if h.lost {
			p.exec("SELECT crsql_settle_logs()")
		}
		require.Len(h.t, p.numbered("events"), len(want), "all are numbered")
		p.resume()
		// The reader has seen each event once, as it is. Those whose key two peers used may have changed.
		final := func(events []string) (own []string) {
			for _, e := range events {
				if !strings.HasPrefix(e, "'00SHARED") {
					own = append(own, e)
				}
			}
			slices.Sort(own)
			return own
		}
		require.Equal(h.t, final(want), final(p.read), "peer %d", i)
		require.Empty(h.t, p.ask("SELECT 1 FROM events__crsql_clock WHERE col_version <> 1 OR col_name = '-1'"))
	}
}

func TestLogHistories(t *testing.T) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			n := *logHistories
			if testing.Short() {
				n = min(n, 1)
			}
			for i := range n {
				seed := *logSeed + uint64(i)
				if !t.Run(fmt.Sprint(seed), func(t *testing.T) {
					dir, err := os.MkdirTemp(t.TempDir(), "")
					require.NoError(t, err)
					newLogHistory(t, driver, dir, seed).run(120)
				}) {
					return
				}
			}
		})
	}
}
