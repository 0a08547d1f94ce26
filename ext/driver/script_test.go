package driver

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

var ordinary = []string{
	"", ";", "-- nothing", "SELECT 1", "  SELECT ';' ; /* x", "INSERT INTO t VALUES(?, :a, 'it''s')",
	"CREATE VIEW materialized AS SELECT 1", "SELECT materialized, view FROM [drop]",
	"CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 'CREATE MATERIALIZED VIEW v AS SELECT 1'; END; SELECT 2",
	"/* DROP MATERIALIZED VIEW v; */ DELETE FROM t -- REFRESH MATERIALIZED VIEW v;\n; VACUUM",
	"WITH c AS MATERIALIZED (SELECT 1) SELECT * FROM c", "DROP INDEX i; REINDEX j", "EXPLAIN SELECT materialized FROM t",
	"SELECT 1 FROM t INDEXED BY i", "SELECT 1\x00; DROP MATERIALIZED VIEW v", "'DROP MATERIALIZED VIEW v",
}

var commands = []string{
	"DROP MATERIALIZED VIEW v", "\n/* c */ ; drop materialized view if exists a.b;", "REFRESH MATERIALIZED VIEW \"a;b\";",
	"CREATE MATERIALIZED VIEW v AS SELECT ';' -- ;\n;", "CREATE INDEX i ON v(a);", "EXPLAIN MATERIALIZED VIEW v",
}

// Whatever the text: what is no command stays byte for byte, in place, and nothing is lost between the parts.
func FuzzScript(f *testing.F) {
	for _, o := range ordinary {
		f.Add(o)
		for _, c := range commands {
			f.Add(o + c)
			f.Add(o + ";" + c + ";" + o)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := readScript(text)
		if s == nil {
			for _, st := range sqltext.Split(text) {
				_, ok := sqltext.Recognise(st.Text(text))
				require.False(t, ok, "missed: %q", st.Text(text))
			}
			return
		}
		require.Equal(t, text, s.text)
		at := 0
		for i, p := range s.parts {
			require.Equal(t, at, p.start, "a gap before part %d of %q", i, text)
			require.Less(t, p.start, p.end)
			at = p.end
			if p.command == nil && i > 0 {
				require.NotNil(t, s.parts[i-1].command, "two runs side by side in %q", text)
			}
		}
		for _, st := range sqltext.Split(text[at:]) {
			require.True(t, st.Empty(), "lost %q of %q", st.Text(text[at:]), text)
		}
	})
}

// A statement that SQLite can read is never taken for a command, CREATE INDEX aside.
func FuzzCommandIsNoSQL(f *testing.F) {
	for _, text := range append(ordinary, commands...) {
		f.Add(text)
	}
	o := &opener{dsn: ":memory:", stock: true}
	conn, err := o.Connect(context.Background())
	require.NoError(f, err)
	f.Cleanup(func() { conn.Close() })
	f.Fuzz(func(t *testing.T, text string) {
		s := readScript(text)
		if s == nil || strings.Contains(text, "\x00") {
			return
		}
		for i, p := range s.parts {
			if p.command == nil || p.command.Kind == sqltext.CreateIndex {
				continue
			}
			stmt, err := prepareInner(context.Background(), conn, s.body(i))
			if err == nil {
				stmt.Close()
			}
			require.Error(t, err, "%q", s.body(i))
			require.Regexp(t, `syntax error|unrecognized token|incomplete input`, err.Error(), "%q", s.body(i))
		}
	})
}

func TestOrdinaryTextIsNotRead(t *testing.T) {
	for _, text := range ordinary {
		require.Nil(t, readScript(text), "%q", text)
	}
	for _, text := range commands {
		require.NotNil(t, readScript(text), "%q", text)
	}
}

func TestOrdinaryTextCostsNothing(t *testing.T) {
	text := typical
	require.Zero(t, testing.AllocsPerRun(100, func() { readScript(text) }))
}

const typical = `SELECT o.id, o.amount, c.name FROM orders AS o JOIN customers AS c ON c.id = o.customer
	WHERE o.region = ?1 AND o.amount > ?2 ORDER BY o.amount DESC LIMIT 20`

// BenchmarkOrdinaryText is what a statement without views pays for the driver's reading of it.
func BenchmarkOrdinaryText(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"typical", typical},
		{"insert", "INSERT INTO orders(customer, region, amount) VALUES(?, ?, ?)"},
		{"suspicious", strings.Replace(typical, "c.name", "c.index_name", 1)},
		{"60kB", strings.Repeat("INSERT INTO orders VALUES(1,'x',2.5);\n", 1600)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if readScript(bb.text) != nil {
					b.Fatal("taken for a command")
				}
			}
		})
	}
}
