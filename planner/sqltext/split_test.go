package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func texts(src string) []string {
	var out []string
	for _, s := range Split(src) {
		out = append(out, s.Text(src))
	}
	return out
}

func TestSplit(t *testing.T) {
	const trigger = "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END;"
	for _, c := range [][]string{
		{},
		{"SELECT 1"},
		{"SELECT 1;", " SELECT 2"},
		{"-- a;b\nSELECT ';' /* ; */, \";\", [;], `;`;", "\nSELECT 2;", " -- end"},
		{";;SELECT 1;", ";;SELECT 2;", ";"},
		{trigger, "SELECT 1;"},
		{"CREATE TRIGGER r BEGIN SELECT 1;; -- x\n END /* y */ ;", "SELECT 1"},
		{"EXPLAIN QUERY PLAN " + trigger, "SELECT 1"},
		{"EXPLAIN " + trigger, "SELECT 1"},
		{"CREATE TABLE trigger_t(a);", "SELECT 1"},
		{"CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2"},
		{"BEGIN;", "SELECT CASE 1 WHEN 1 THEN 2 END;", "END;", "COMMIT"},
		{"CREATE MATERIALIZED VIEW v AS SELECT 1;", "DROP MATERIALIZED VIEW v;"},
		{"SELECT 1;", "\x00; SELECT 2;"},
		{"SELECT $a(;);", "SELECT 1;"},
	} {
		src := strings.Join(c, "")
		if len(c) == 0 {
			require.Empty(t, texts(src))
			continue
		}
		require.Equal(t, c, texts(src))
	}
}

func TestStatementEmpty(t *testing.T) {
	s := Split("SELECT 1; -- x\n;")
	require.Len(t, s, 2)
	require.False(t, s[0].Empty())
	require.True(t, s[1].Empty())
}

// statementParts are what the random scripts are made of; "%" stands for a random blank.
var statementParts = []string{
	";", ";", ";", "%", "%", "SELECT%1", "SELECT%';'", "SELECT%\";\"", "SELECT%[;]", "SELECT%a%FROM%t", "SELECT%$p(;)",
	"CREATE%TRIGGER%r%AFTER%INSERT%ON%t%BEGIN%SELECT%1;%DELETE%FROM%u;%END",
	"CREATE%TEMP%TRIGGER%r%AFTER%INSERT%ON%t%BEGIN%SELECT%CASE%WHEN%1%THEN%2%END;%END",
	"CREATE%TEMPORARY%TRIGGER%r%BEFORE%UPDATE%ON%t%BEGIN%SELECT%CASE%1%WHEN%1%THEN%2%END%AS%'end;'%;%END",
	"EXPLAIN%QUERY%PLAN%CREATE%TRIGGER%r%AFTER%INSERT%ON%t%BEGIN%SELECT%1;%END",
	"EXPLAIN%CREATE%TRIGGER%r%AFTER%INSERT%ON%t%BEGIN%SELECT%1;%END", "EXPLAIN%SELECT%1",
	"CREATE%TABLE%triggers(a)", "BEGIN", "END", "COMMIT", "END%", "CREATE", "TRIGGER", "TEMP", "EXPLAIN", "x", "(", ")",
	"INSERT%INTO%t(a)%VALUES(1)", "SELECT%CASE%WHEN%1%THEN%2%END", "'", "/*", "--", "\n",
}

func scripts() *rapid.Generator[string] {
	blank := rapid.SampledFrom([]string{" ", " ", "\n", "/* ; */", "-- ; '\n", "\t", "/*/;*/", " /* END; */ "})
	return rapid.Custom(func(t *rapid.T) string {
		var out strings.Builder
		for _, part := range rapid.SliceOfN(rapid.SampledFrom(statementParts), 0, 12).Draw(t, "parts") {
			for i, piece := range strings.Split(part, "%") {
				if i > 0 {
					out.WriteString(blank.Draw(t, "blank"))
				}
				out.WriteString(piece)
			}
			if rapid.Bool().Draw(t, "end") {
				out.WriteString(";")
			}
		}
		return out.String()
	})
}

// checkSplit compares Split with SQLite's two splitters.
func checkSplit(t require.TestingT, c *cAPI, src string) {
	pieces := Split(src)
	at := 0
	for i, s := range pieces {
		require.Equal(t, at, s.Start)
		at = s.End
		require.Equal(t, s.Start, s.Tokens[0].Start)
		require.Equal(t, s.End, s.Tokens[len(s.Tokens)-1].End)
		if sameTokensAsComplete(src, s) && !s.Empty() {
			last := i == len(pieces)-1
			complete := c.complete(s.Text(src))
			require.True(t, complete || last, "sqlite3_complete calls %q unfinished", s.Text(src))
			// And no shorter piece that ends in a semicolon is complete, stray leading ones aside.
			started := false
			for _, tok := range s.Tokens[:len(s.Tokens)-1] {
				started = started || !tok.Blank() && tok.Kind != TokSemicolon
				if started && tok.Kind == TokSemicolon {
					require.False(t, c.complete(src[s.Start:tok.End]), "sqlite3_complete ends %q sooner", s.Text(src))
				}
			}
		}
	}
	require.Equal(t, len(src), at)
	for _, s := range pieces {
		tail, ok := c.prepare(src[s.Start:])
		if !ok {
			return // SQLite gives no tail for a statement that it does not accept
		}
		require.Equal(t, s.End-s.Start, tail, "prepare ends %q elsewhere", src[s.Start:])
	}
}

// sameTokensAsComplete tells whether sqlite3_complete, which has a lexer of its own, sees the same tokens: it knows no
// parameters such as $p(;), and unlike prepare lets no comment end with the text.
func sameTokensAsComplete(src string, s Statement) bool {
	for i, tok := range s.Tokens {
		switch tok.Kind {
		case TokIllegal:
			return false
		case TokParam:
			if strings.ContainsAny(tok.Text(src), ";:(") {
				return false
			}
		case TokComment:
			if i == len(s.Tokens)-1 || strings.HasPrefix(tok.Text(src), "/*") && !strings.HasSuffix(tok.Text(src), "*/") ||
				strings.HasPrefix(tok.Text(src), "/*/") {
				return false
			}
		case TokOperator:
			if tok.IsOp(src, "/") && strings.HasPrefix(src[tok.Start:], "/*") {
				return false
			}
		case TokSpace:
			if text := tok.Text(src); strings.Contains(text, "\v") || strings.Contains(text, "\ufeff") {
				return false
			}
		}
	}
	return true
}

func TestSplitRandom(t *testing.T) {
	c := openC(t)
	prepared := 0
	rapid.Check(t, func(rt *rapid.T) {
		src := scripts().Draw(rt, "script")
		checkSplit(rt, c, src)
		if _, ok := c.prepare(src); ok {
			prepared++
		}
	})
	require.Positive(t, prepared)
}

func FuzzSplit(f *testing.F) {
	f.Add("SELECT 1; CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; -- x")
	f.Add("EXPLAIN QUERY PLAN CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; SELECT $a(;);")
	c := openC(f)
	f.Fuzz(func(t *testing.T, src string) {
		if strings.IndexByte(src, 0) >= 0 {
			Split(src)
			return
		}
		checkSplit(t, c, src)
	})
}
