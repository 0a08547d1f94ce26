package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		src   string
		want  Command
		parts []string // the texts of Select, OnSpan, IndexColumns, Where
	}{
		{"CREATE MATERIALIZED VIEW v AS SELECT 1", Command{Kind: CreateView, Name: "v"}, []string{"SELECT 1"}},
		{" ; /* ; */ create--x\ntemporary materialized\tview if not exists main.\"V \"\"x\" (a, [b c], 'd') as with q as (select 1) select * from q /* y */ ; -- z",
			Command{Kind: CreateView, Temp: true, IfNotExists: true, Schema: "main", Name: `V "x`, Columns: []string{"a", "b c", "d"}},
			[]string{"with q as (select 1) select * from q"}},
		{"CREATE TEMP MATERIALIZED VIEW temp.key AS VALUES (1)", Command{Kind: CreateView, Temp: true, Schema: "temp", Name: "key"},
			[]string{"VALUES (1)"}},
		{"CREATE MATERIALIZED VIEW größe AS SELECT ';' AS x", Command{Kind: CreateView, Name: "größe"}, []string{"SELECT ';' AS x"}},
		{"DROP MATERIALIZED VIEW v;", Command{Kind: DropView, Name: "v"}, nil},
		{"DROP MATERIALIZED VIEW IF EXISTS aux.[v w]", Command{Kind: DropView, IfExists: true, Schema: "aux", Name: "v w"}, nil},
		{"REFRESH MATERIALIZED VIEW `v`", Command{Kind: RefreshView, Name: "v"}, nil},
		{"EXPLAIN MATERIALIZED VIEW main.v", Command{Kind: ExplainView, Schema: "main", Name: "v"}, nil},
		{"EXPLAIN CREATE TEMP MATERIALIZED VIEW v(a) AS SELECT 1;", Command{Kind: ValidateView, Temp: true, Name: "v", Columns: []string{"a"}}, []string{"SELECT 1"}},
		{"ALTER MATERIALIZED VIEW a.v RENAME TO w", Command{Kind: RenameView, Schema: "a", Name: "v", NewName: "w"}, nil},
		{"CREATE UNIQUE INDEX IF NOT EXISTS main.i ON \"v\" (a, lower(b) DESC) WHERE a > (1);",
			Command{Kind: CreateIndex, Unique: true, IfNotExists: true, Schema: "main", Name: "i", On: "v"},
			[]string{`"v"`, "a, lower(b) DESC", "a > (1)"}},
		{"CREATE INDEX i ON v(/*x*/ a COLLATE NOCASE)", Command{Kind: CreateIndex, Name: "i", On: "v"}, []string{"v", "a COLLATE NOCASE"}},
	} {
		got, ok := Recognise(c.src)
		require.True(t, ok, c.src)
		require.NoError(t, got.Err, c.src)
		var parts []string
		for _, s := range []*Span{&got.Select, &got.OnSpan, &got.IndexColumns, &got.Where} {
			if s.End > s.Start {
				parts = append(parts, s.Text(c.src))
			}
			*s = Span{}
		}
		require.Equal(t, c.parts, parts, c.src)
		require.Equal(t, c.want, got, c.src)
		require.True(t, MayContainCommand(c.src), c.src)
	}
}

func TestRecogniseNot(t *testing.T) {
	for _, src := range []string{
		"", ";", "-- CREATE MATERIALIZED VIEW v AS SELECT 1", "SELECT 'CREATE MATERIALIZED VIEW v AS SELECT 1'",
		"CREATE TABLE materialized(a)", "CREATE VIEW materialized AS SELECT 1", "DROP VIEW materialized", "DROP INDEX i",
		"EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1", "EXPLAIN QUERY PLAN CREATE MATERIALIZED VIEW v AS SELECT 1",
		"ALTER TABLE materialized RENAME TO x", "CREATE TEMP INDEX i ON t(a)", "CREATE INDEX i ON t", "CREATE INDEX i ON t(a",
		"CREATE INDEX i ON t(a) garbage", "CREATE INDEX i ON t(a) WHERE", "CREATE UNIQUE MATERIALIZED VIEW v AS SELECT 1",
		`CREATE "MATERIALIZED" VIEW v AS SELECT 1`, "REFRESH", "BEGIN", "\x00CREATE MATERIALIZED VIEW v AS SELECT 1",
		"REFRESH VIEW v", "DROP", "CREATE", "CREATE TEMP",
	} {
		c, ok := Recognise(src)
		require.False(t, ok, "%q: %+v", src, c)
	}
}

func TestRecogniseMalformed(t *testing.T) {
	for src, want := range map[string]string{
		"CREATE MATERIALIZED":                                 "incomplete input",
		"CREATE MATERIALIZED TABLE v":                         `near "TABLE": syntax error`,
		"CREATE MATERIALIZED VIEW v SELECT 1":                 `near "SELECT": syntax error`,
		"CREATE MATERIALIZED VIEW v AS":                       "incomplete input",
		"CREATE MATERIALIZED VIEW v AS DELETE FROM t":         `near "DELETE": syntax error`,
		"CREATE MATERIALIZED VIEW select AS SELECT 1":         `near "select": syntax error`,
		"CREATE MATERIALIZED VIEW v() AS SELECT 1":            `near ")": syntax error`,
		"CREATE MATERIALIZED VIEW v(a b) AS SELECT 1":         `near "b": syntax error`,
		"CREATE MATERIALIZED VIEW IF EXISTS v AS SELECT 1":    `near "EXISTS": syntax error`,
		"CREATE MATERIALIZED VIEW v AS SELECT 1; SELECT 2":    `near ";": syntax error`,
		"DROP MATERIALIZED VIEW":                              "incomplete input",
		"DROP MATERIALIZED VIEW v CASCADE":                    `near "CASCADE": syntax error`,
		"DROP MATERIALIZED VIEW a.b.c":                        `near ".": syntax error`,
		"REFRESH MATERIALIZED VIEW v, w":                      `near ",": syntax error`,
		"EXPLAIN MATERIALIZED VIEW 5":                         `near "5": syntax error`,
		"ALTER MATERIALIZED VIEW v ADD COLUMN x":              `near "ADD": syntax error`,
		"ALTER MATERIALIZED VIEW v RENAME TO":                 "incomplete input",
		"CREATE TEMP MATERIALIZED VIEW 'open AS SELECT 1":     `unrecognized token: "'open AS SELECT 1"`,
		"CREATE MATERIALIZED VIEW v (a) SELECT 1 AS SELECT 2": `near "SELECT": syntax error`,
	} {
		c, ok := Recognise(src)
		require.True(t, ok, src)
		require.Equal(t, Malformed, c.Kind, src)
		require.EqualError(t, c.Err, want, src)
		var syntax *SyntaxError
		require.ErrorAs(t, c.Err, &syntax)
		require.LessOrEqual(t, syntax.Offset, len(src))
	}
}

func TestMayContainCommand(t *testing.T) {
	for src, want := range map[string]bool{
		"": false, "SELECT 1": false, "create materialized view v": true, "CREATE Materialized VIEW": true,
		"INDEX": true, "create index i": true, "inde": false, "ndex": false, "xxxxx zzzzzzzzzzzzz": false,
		"xindex": true, "materialize": false, "materialised": false, "zmaterializedz": true, strings.Repeat("x", 100) + "index": true,
	} {
		require.Equal(t, want, MayContainCommand(src), "%q", src)
	}
}

// Whatever Recognise finds, the cheap test must not miss, however the text is laid out.
func TestMayContainCommandRandom(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("CREATE create TEMP MATERIALIZED Materialized VIEW view UNIQUE INDEX Index " +
		"DROP REFRESH EXPLAIN ALTER IF EXISTS v RENAME TO ON ( ) a AS SELECT 1 ; /*index*/ 'x'"))
	rapid.Check(t, func(rt *rapid.T) {
		src := strings.Join(rapid.SliceOfN(word, 0, 10).Draw(rt, "words"), " ")
		if _, ok := Recognise(src); ok {
			require.True(rt, MayContainCommand(src))
		}
	})
}

func FuzzRecognise(f *testing.F) {
	f.Add("CREATE TEMP MATERIALIZED VIEW IF NOT EXISTS main.v(a, b) AS SELECT 1, 2;")
	f.Add("CREATE UNIQUE INDEX IF NOT EXISTS i ON v(a, (b)) WHERE c")
	f.Add("ALTER MATERIALIZED VIEW v RENAME TO w")
	f.Fuzz(func(t *testing.T, src string) {
		c, ok := Recognise(src)
		if !ok {
			return
		}
		require.True(t, MayContainCommand(src))
		require.Equal(t, c.Kind == Malformed, c.Err != nil)
		for _, s := range []Span{c.Select, c.OnSpan, c.IndexColumns, c.Where} {
			require.True(t, 0 <= s.Start && s.Start <= s.End && s.End <= len(src))
		}
	})
}

func BenchmarkMayContainCommand(b *testing.B) {
	src := strings.Repeat("INSERT INTO orders(id, customer, region, amount) VALUES (?, ?, ?, ?);\n", 20)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if MayContainCommand(src) {
			b.Fatal()
		}
	}
}
