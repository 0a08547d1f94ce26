package crsql_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// changesSchema has tables of all sorts, some of which refuse values, with rows that live, are deleted, and are back.
const changesSchema = `
	CREATE TABLE two(a INTEGER NOT NULL, b TEXT NOT NULL, c, d INT NOT NULL DEFAULT 5, PRIMARY KEY(b, a)); SELECT crsql_as_crr('two');
	CREATE TABLE keys(id PRIMARY KEY NOT NULL) WITHOUT ROWID; SELECT crsql_as_crr('keys');
	CREATE TABLE typed(id INTEGER PRIMARY KEY NOT NULL, v TEXT, w REAL) STRICT; SELECT crsql_as_crr('typed');
	CREATE TABLE small(id PRIMARY KEY NOT NULL, v CHECK (v < 10 OR v IS NULL), w NOT NULL DEFAULT '' COLLATE NOCASE); SELECT crsql_as_crr('small');
	CREATE TRIGGER picky AFTER UPDATE ON small WHEN NEW.v = 3 BEGIN SELECT RAISE(ABORT, 'not 3'); END;
	CREATE TABLE seen(id, v);
	CREATE TRIGGER noisy AFTER INSERT ON small BEGIN INSERT INTO seen VALUES (NEW.id, NEW.v); SELECT RAISE(ABORT, 'not 4') WHERE NEW.v = 4; END;
	CREATE TABLE "o""d'd"("k"" 1" PRIMARY KEY NOT NULL, "v' 2"); SELECT crsql_as_crr('o"d''d');
	CREATE TABLE events(id TEXT PRIMARY KEY NOT NULL, v, w); SELECT crsql_as_log('events');
	CREATE VIRTUAL TABLE sums USING materialized_view(SELECT count(*) AS n, max(v) AS v FROM small);
	INSERT INTO two VALUES (1, 'x', 2, 3), (200, '', x'01', 4), (-1, 'y', NULL, 5); DELETE FROM two WHERE a = 200; UPDATE two SET c = 2.5 WHERE a = -1;
	INSERT INTO keys VALUES (1), ('b'), (x'03'); DELETE FROM keys WHERE id = 1; INSERT INTO keys VALUES (1); DELETE FROM keys WHERE id = 'b';
	INSERT INTO typed VALUES (1, 'a', 1.5), (2, 'b', NULL); UPDATE typed SET v = 'c'; DELETE FROM typed WHERE id = 2;
	INSERT INTO small VALUES (1, 2, 'w'), (2, 5, ''); DELETE FROM small WHERE id = 1; INSERT INTO small(id) VALUES (1);
	INSERT INTO "o""d'd" VALUES ('k', 'v');
	INSERT INTO events VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1, 2), ('01ARZ3NDEKTSV4RRFFQ69G5FAW', 'x', NULL)`

// changesFuzz is a file on each engine that changes are tried on.
type changesFuzz struct {
	leaves []*leaf
	valid  [][]any
	before []string
}

func newChangesFuzz(t testing.TB) *changesFuzz {
	f, dir := &changesFuzz{}, t.TempDir()
	for i, driver := range drivers {
		l := openLeaf(t, driver, filepath.Join(dir, fmt.Sprint(i, ".db")))
		l.exec(`CREATE TABLE crsql_site_id(site_id BLOB NOT NULL, ordinal INTEGER PRIMARY KEY);
			CREATE UNIQUE INDEX crsql_site_id_site_id ON crsql_site_id(site_id); INSERT INTO crsql_site_id VALUES (x'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 0)`)
		l.exec(changesSchema)
		l.exec(`INSERT INTO crsql_changes VALUES ('small', x'010907', 'v', 7, 1, 9, x'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 0)`)
		f.leaves = append(f.leaves, l)
	}
	rows, err := f.leaves[0].QueryContext(t.Context(), `SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq FROM crsql_changes`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, 9), make([]any, 9)
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(t, rows.Scan(into...))
		f.valid = append(f.valid, row)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(f.valid), 20)
	f.before = f.leaves[0].dump()
	return f
}

// dump returns all that the file's tables hold, and what the connection says of its transaction.
func (l *leaf) dump() []string {
	out := l.ask("SELECT crsql_db_version(), crsql_get_seq(), crsql_rows_impacted(), crsql_internal_sync_bit()")
	for _, name := range l.ask("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name") {
		table := `"` + strings.ReplaceAll(strings.ReplaceAll(strings.Trim(name, "'"), "''", "'"), `"`, `""`) + `"`
		for _, row := range l.ask("SELECT * FROM " + table) {
			out = append(out, table+": "+row)
		}
	}
	return append(out, l.ask("SELECT * FROM sums")...)
}

// try inserts a change, on each engine.
func (f *changesFuzz) try(t *testing.T, change []any) {
	var outcome []string
	for i, l := range f.leaves {
		l.t = t
		l.exec("BEGIN; INSERT INTO keys VALUES (7)")
		before := l.dump()
		_, err := l.rows("INSERT INTO crsql_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", change...)
		after := l.dump()
		if err != nil {
			require.Equal(t, before, after, "a refused change has left something: %v: %v", change, err)
		} else {
			// Again it is nothing new. Wins by an equal value are by setting only.
			_, err := l.rows("INSERT INTO crsql_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", change...)
			require.NoError(t, err)
			require.Equal(t, after, l.dump(), "%v", change)
			require.Equal(t, []string{"'ok'"}, l.ask("PRAGMA integrity_check"))
			l.ask("SELECT * FROM crsql_changes")
		}
		l.exec("ROLLBACK")
		require.Equal(t, f.before, l.dump())
		refused := []string{fmt.Sprint(err != nil)}
		if i == 0 {
			outcome = append(refused, after...)
			continue
		}
		require.Equal(t, outcome, append(refused, after...), "the engines differ: %v: %v", change, err)
	}
}

// value makes a value of any class of what the fuzzer gives.
func value(class uint8, b []byte, n int64) any {
	switch class % 5 {
	case 0:
		return n
	case 1:
		return string(b)
	case 2:
		return b
	case 3:
		var bits [8]byte
		copy(bits[:], b)
		if f := math.Float64frombits(binary.BigEndian.Uint64(bits[:])); f == f {
			return f
		}
		return 0.5
	}
	return nil
}

// FuzzChanges inserts into crsql_changes: a valid change of which any columns are replaced by anything.
func FuzzChanges(f *testing.F) {
	c := newChangesFuzz(f)
	for i := range c.valid {
		f.Add(uint8(i), uint16(0), []byte{}, []byte{}, []byte{}, []byte{}, []byte{}, int64(0), int64(0), int64(0), int64(0), uint32(0))
		f.Add(uint8(i), uint16(0b1_1011_1000), []byte{}, []byte{}, []byte{}, []byte("v"), []byte{}, int64(9), int64(9), int64(2), int64(9), uint32(1<<9))
	}
	site := []byte(strings.Repeat("\xcc", 16))
	f.Add(uint8(0), uint16(0x1ff), []byte("two"), []byte("\x02\x0b\x01z\x09\x07"), []byte("c"), []byte("new"), site, int64(1), int64(20), int64(1), int64(0), uint32(0x2121))
	f.Add(uint8(0), uint16(0x1ff), []byte("small"), []byte("\x01\x09\x09"), []byte("-1"), []byte(""), site, int64(2), int64(20), int64(2), int64(0), uint32(0x2121))
	f.Add(uint8(0), uint16(0x1ff), []byte("keys"), []byte("\x01\x49"), []byte("-1"), []byte(""), site, int64(1), int64(20), int64(1), int64(0), uint32(0x2121))
	f.Add(uint8(0), uint16(0x1ff), []byte("none"), []byte(""), []byte("none"), []byte(""), []byte{}, int64(-1), int64(-1), int64(-1), int64(-1), uint32(0x2121))
	f.Fuzz(func(t *testing.T, pick uint8, mask uint16, table, pk, cid, val, site []byte, colVersion, dbVersion, cl, seq int64, classes uint32) {
		change := append([]any(nil), c.valid[int(pick)%len(c.valid)]...)
		texts := [][]byte{table, pk, cid, val, nil, nil, site, nil, nil}
		numbers := []int64{0, 0, 0, colVersion, colVersion, dbVersion, 0, cl, seq}
		natural := []uint8{1, 2, 1, uint8(classes >> 27), 0, 0, 2, 0, 0}
		for i := range change {
			if mask>>i&1 == 0 {
				continue
			}
			class := natural[i]
			if odd := uint8(classes >> (3 * i) & 7); odd > 4 { // seldom another class
				class = odd + uint8(i)
			}
			change[i] = value(class, texts[i], numbers[i])
		}
		c.try(t, change)
	})
}
