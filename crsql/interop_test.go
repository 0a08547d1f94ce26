package crsql_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/internal/peers"
	"github.com/stretchr/testify/require"
)

// interopTable is a table that peers write at random; keys are the columns of its primary key.
type interopTable struct {
	name, sql     string
	keys, columns []string
}

// interopTables has a table of each kind.
var interopTables = []interopTable{
	{"i", "CREATE TABLE i(id INTEGER PRIMARY KEY NOT NULL, a, b TEXT, c REAL)", []string{"id"}, []string{"a", "b", "c"}},
	{"x", "CREATE TABLE x(k TEXT PRIMARY KEY NOT NULL, v BLOB, n INTEGER NOT NULL DEFAULT 7)", []string{"k"}, []string{"v"}},
	{"c", "CREATE TABLE c(p INTEGER NOT NULL, q TEXT NOT NULL, v, w DEFAULT 'w', PRIMARY KEY(q, p))", []string{"q", "p"}, []string{"v", "w"}},
	{"w", "CREATE TABLE w(a INTEGER NOT NULL, b BLOB NOT NULL, v, PRIMARY KEY(a, b)) WITHOUT ROWID", []string{"a", "b"}, []string{"v"}},
	{"o", "CREATE TABLE o(a TEXT NOT NULL, b INTEGER NOT NULL, PRIMARY KEY(a, b))", []string{"a", "b"}, nil},
	{"r", "CREATE TABLE r(k REAL PRIMARY KEY NOT NULL, \"sp ce\" , v DEFAULT (1.5))", []string{"k"}, []string{"sp ce", "v"}},
	{"s", "CREATE TABLE s(k BLOB PRIMARY KEY NOT NULL, t TEXT, n INT) STRICT", []string{"k"}, nil},
}

// interopValues are what columns get. -0.0 is not among them: it ties with 0.0, and each file keeps its own.
var interopValues = []string{"NULL", "0", "1", "-1", "127", "128", "200", "9007199254740993", "-9223372036854775808",
	"9223372036854775807", "0.5", "1.0", "-1.5e300", "3.141592653589793", "''", "'a'", "'é€😀'", "'it''s'", "x''", "x'00'", "x'ff00ff'"}

// keyOf gives the text of a key's value for a column; few, so that peers meet.
func keyOf(r *rand.Rand, table, column string) string {
	n := r.IntN(4)
	switch table + "." + column {
	case "i.id", "c.p", "w.a", "o.b":
		return []string{"1", "200", "-5", "70000"}[n]
	case "w.b", "s.k":
		return []string{"x''", "x'00'", "x'0102'", "x'ff'"}[n]
	case "r.k":
		return []string{"1.0", "0.25", "-3.5", "1e100"}[n]
	}
	return []string{"''", "'a'", "'it''s'", "'ü'"}[n]
}

// interopStatement is a random write; moves allows a primary key to change.
func interopStatement(r *rand.Rand, moves bool) string { return statementOn(r, moves, interopTables) }

func statementOn(r *rand.Rand, moves bool, tables []interopTable) string {
	t := tables[r.IntN(len(tables))]
	value := func(column string) string {
		if t.name == "x" && column == "n" {
			return fmt.Sprint(r.IntN(9))
		}
		if t.name == "s" && column == "n" {
			return fmt.Sprint(r.IntN(300) - 100)
		}
		if t.name == "s" {
			return []string{"NULL", "'a'", "'é'"}[r.IntN(3)]
		}
		return interopValues[r.IntN(len(interopValues))]
	}
	columns := t.columns
	if t.name == "x" {
		columns = []string{"v", "n"}
	} else if t.name == "s" {
		columns = []string{"t", "n"}
	}
	names, values, where := []string{}, []string{}, []string{}
	for _, k := range t.keys {
		v := keyOf(r, t.name, k)
		names, values, where = append(names, k), append(values, v), append(where, k+" = "+v)
	}
	for _, c := range columns {
		if r.IntN(4) > 0 {
			names, values = append(names, `"`+c+`"`), append(values, value(c))
		}
	}
	into := fmt.Sprintf("INTO %s(%s) VALUES(%s)", t.name, strings.Join(names, ", "), strings.Join(values, ", "))
	switch kind := r.IntN(10); {
	case kind < 2:
		return "INSERT OR REPLACE " + into
	case kind < 4 || len(columns) == 0 && kind < 7:
		return "INSERT OR IGNORE " + into
	case kind < 5 && len(columns) > 0:
		c := columns[r.IntN(len(columns))]
		return fmt.Sprintf(`INSERT %s ON CONFLICT(%s) DO UPDATE SET "%s" = excluded."%s"`, into, strings.Join(t.keys, ", "), c, c)
	case kind < 6 && moves:
		k := t.keys[r.IntN(len(t.keys))]
		return fmt.Sprintf("UPDATE OR IGNORE %s SET %s = %s WHERE %s", t.name, k, keyOf(r, t.name, k), strings.Join(where, " AND "))
	case kind < 8 && len(columns) > 0:
		c := columns[r.IntN(len(columns))]
		return fmt.Sprintf(`UPDATE %s SET "%s" = %s WHERE %s`, t.name, c, value(c), where[0])
	default:
		return fmt.Sprintf("DELETE FROM %s WHERE %s", t.name, where[r.IntN(len(where))])
	}
}

// interopPeer is a peer of either kind, and how far it has come in what each other one has.
type interopPeer struct {
	peers.Peer
	name   string
	site   []byte
	ours   bool
	cursor map[int]int64
}

func (p *interopPeer) changes(t *testing.T, where string, args ...dbsp.Value) [][]dbsp.Value {
	t.Helper()
	rows, err := p.Query(`SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq FROM crsql_changes WHERE `+
		where+` ORDER BY db_version, seq`, args...)
	require.NoError(t, err)
	return rows
}

func (p *interopPeer) apply(t *testing.T, rows [][]dbsp.Value) int64 {
	t.Helper()
	if o, ok := p.Peer.(*peers.Original); ok {
		won, err := o.Apply(rows)
		require.NoError(t, err)
		return won
	}
	changes := make([]crsql.Change, len(rows))
	for i, r := range rows {
		changes[i] = crsql.Change{Table: r[0].Str(), PK: []byte(r[1].Str()), CID: r[2].Str(), Val: r[3], ColVersion: r[4].Int(),
			DBVersion: r[5].Int(), Site: []byte(r[6].Str()), CL: r[7].Int(), Seq: r[8].Int()}
	}
	won, err := crsql.Apply(context.Background(), p.Peer.(*peers.Local).Conn, crsql.Each(changes))
	require.NoError(t, err)
	return won
}

func (p *interopPeer) number(t *testing.T, text string) int64 {
	t.Helper()
	rows, err := p.Query(text)
	require.NoError(t, err)
	return rows[0][0].Int()
}

// pull brings from's changes to p: whole versions, up to one of them, without p's own if filter is set. It may send some of
// the next version as well, whose cursor then stays.
func (p *interopPeer) pull(t *testing.T, r *rand.Rand, index int, from *interopPeer, all bool) int64 {
	t.Helper()
	since := p.cursor[index]
	last := from.number(t, "SELECT crsql_db_version()")
	upTo := last
	if !all && last > since {
		upTo = since + r.Int64N(last-since+1)
	}
	where := "db_version > ? AND db_version <= ?"
	args := []dbsp.Value{dbsp.NewInteger(since), dbsp.NewInteger(upTo)}
	if r.IntN(2) == 0 {
		where += " AND site_id IS NOT ?"
		args = append(args, dbsp.NewBlob(string(p.site)))
	}
	won := p.apply(t, from.changes(t, where, args...))
	if !all && r.IntN(3) == 0 {
		some := from.changes(t, "db_version > ?", dbsp.NewInteger(upTo))
		won += p.apply(t, some[:r.IntN(len(some)+1)])
	}
	p.cursor[index] = upTo
	return won
}

func dump(t *testing.T, p peers.Peer) string {
	t.Helper()
	return dumpOf(t, p, interopTables)
}

func dumpOf(t *testing.T, p peers.Peer, tables []interopTable) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tables {
		rows, err := p.Query("SELECT * FROM " + table.name)
		require.NoError(t, err)
		lines := quoteRows(rows)
		slices.SortFunc(lines, slices.Compare)
		for _, l := range lines {
			fmt.Fprintln(&b, table.name, strings.Join(l, ", "))
		}
	}
	return b.String()
}

// interopView is a view on our peers, which merges maintain.
const interopView = "SELECT c.q, count(*) AS n, min(c.v) AS low, count(o.b) AS tags FROM c LEFT JOIN o ON o.a = c.q GROUP BY c.q"

func sorted(t *testing.T, p peers.Peer, query string) [][]string {
	t.Helper()
	rows, err := p.Query(query)
	require.NoError(t, err)
	lines := quoteRows(rows)
	slices.SortFunc(lines, slices.Compare)
	return lines
}

// interopSchema makes the tables.
func interopSchema(t *testing.T, p peers.Peer) {
	t.Helper()
	for _, table := range interopTables {
		require.NoError(t, p.Exec(table.sql))
		require.NoError(t, p.Exec("SELECT crsql_as_crr('"+table.name+"')"))
	}
}

// Peers of both kinds that write at random and exchange changes at random, in pieces and in both directions, are equal when
// all is exchanged; and then another exchange from the beginning moves nothing, so what was sent piece by piece was all.
//
// Only ours change primary keys. The original loses what it moves, as it leaves it at its old version; and asking it for
// everything does not always help: of 75 runs of two to four originals that pull from 0 at the end, one ended unequal.
func TestInterop(t *testing.T) {
	node := startNode(t)
	runs := uint64(16)
	if testing.Short() {
		runs = 4
	}
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			group := []*interopPeer{}
			for i := range 2 + r.IntN(3) {
				site := strings.Repeat(fmt.Sprintf("%x", 10+i), 32)
				p := &interopPeer{cursor: map[int]int64{}, ours: i > 0 && (i == 1 || r.IntN(2) == 0)}
				var err error
				if p.ours {
					p.name = drivers[r.IntN(len(drivers))]
					p.Peer, err = peers.OpenSite(p.name, filepath.Join(t.TempDir(), "peer.db"), site)
				} else {
					p.name = fmt.Sprintf("original-%d-%d", seed, i)
					p.Peer, err = node.OpenSite(p.name, site)
				}
				require.NoError(t, err)
				defer p.Close()
				interopSchema(t, p)
				if p.ours {
					require.NoError(t, p.Exec("CREATE MATERIALIZED VIEW seen AS "+interopView))
				}
				rows, err := p.Query("SELECT crsql_site_id()")
				require.NoError(t, err)
				p.site = []byte(rows[0][0].Str())
				group = append(group, p)
			}
			for range 60 {
				i := r.IntN(len(group))
				p := group[i]
				if r.IntN(3) > 0 {
					require.NoError(t, peers.Transaction(p, func() error {
						for range 1 + r.IntN(3) {
							s := interopStatement(r, p.ours)
							if err := p.Exec(s); err != nil {
								return fmt.Errorf("%s: %w", s, err)
							}
						}
						return nil
					}))
				} else if j := r.IntN(len(group)); j != i {
					p.pull(t, r, j, group[j], false)
				}
			}
			exchangeAll := func() (won int64) {
				for i, p := range group {
					for j, from := range group {
						if i != j {
							won += p.pull(t, r, j, from, true)
						}
					}
				}
				return won
			}
			for round := 0; exchangeAll() > 0; round++ {
				require.Less(t, round, 10, "there is always more to merge")
			}
			want := dump(t, group[0])
			require.NotEmpty(t, want)
			for _, p := range group[1:] {
				require.Equal(t, want, dump(t, p), "%s and %s", group[0].name, p.name)
			}
			for _, p := range group {
				clear(p.cursor)
				if p.ours {
					require.Equal(t, sorted(t, p, interopView), sorted(t, p, "SELECT * FROM seen"))
				}
			}
			require.Zero(t, exchangeAll(), "something was not sent before")
			require.Equal(t, want, dump(t, group[0]))
		})
	}
}
