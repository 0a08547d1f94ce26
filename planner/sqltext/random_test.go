package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// randomText writes random expressions without a thought to precedence: the text decides, and SQLite and the parser must
// agree on what it says. Some texts are no SQL at all.
type randomText struct {
	rt *rapid.T
	b  strings.Builder
}

func (g *randomText) pick(n int) int { return rapid.IntRange(0, n-1).Draw(g.rt, "n") }

func (g *randomText) word(words ...string) {
	g.b.WriteString(words[g.pick(len(words))])
	g.b.WriteString([]string{" ", " ", " ", "\n", "/**/", "--\n"}[g.pick(6)])
}

var infixes = []string{"OR", "AND", "=", "==", "<>", "!=", "IS", "IS NOT", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "<", "<=",
	">", ">=", "&", "|", "<<", ">>", "+", "-", "*", "/", "%", "||", "->", "->>", "LIKE", "NOT LIKE", "GLOB", "NOT GLOB"}

// expr writes an expression of at most the given depth.
func (g *randomText) expr(depth int) {
	if depth == 0 {
		g.word("a", "b", "c", "d", "e", "t.a", "1", "2.5", "'x'", "NULL", "true", "u.x", "x", "y", "`a`", "x'00'")
		return
	}
	switch g.pick(22) {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		g.expr(depth - 1)
		g.word(infixes...)
		g.expr(depth - 1)
	case 8, 9:
		g.word("NOT")
		g.expr(depth - 1)
	case 10:
		g.word("-", "+", "~", "- -", "-~")
		g.expr(depth - 1)
	case 11:
		g.expr(depth - 1)
		g.word("ISNULL", "NOTNULL", "NOT NULL", "COLLATE nocase", "COLLATE binary")
	case 12, 13:
		g.expr(depth - 1)
		g.word("BETWEEN", "NOT BETWEEN")
		g.expr(depth - 1)
		g.word("AND")
		g.expr(depth - 1)
	case 14:
		g.expr(depth - 1)
		g.word("LIKE", "NOT LIKE")
		g.expr(depth - 1)
		g.word("ESCAPE '!'", "ESCAPE 'x' || ''", "ESCAPE")
	case 15:
		g.expr(depth - 1)
		g.word("IN (", "NOT IN (")
		g.list(depth-1, 0)
		g.word(")")
	case 16:
		g.expr(depth - 1)
		g.word("IN (SELECT a FROM u)", "NOT IN (SELECT x FROM u WHERE u.a = t.a)", "IN one_col", "IN (VALUES (1), (2))")
	case 17:
		g.word("CASE")
		if g.pick(2) == 0 {
			g.expr(depth - 1)
		}
		g.word("WHEN")
		g.expr(depth - 1)
		g.word("THEN")
		g.expr(depth - 1)
		if g.pick(2) == 0 {
			g.word("ELSE")
			g.expr(depth - 1)
		}
		g.word("END")
	case 18:
		g.word("abs(", "coalesce(a,", "max(b,", "CAST(", "EXISTS (SELECT", "(SELECT")
		g.expr(depth - 1)
		g.word(")", ")", "AS TEXT)", "FROM u)")
	default:
		g.word("(")
		g.expr(depth - 1)
		g.word(")")
	}
}

func (g *randomText) list(depth, min int) {
	for i := range min + g.pick(3) {
		if i > 0 {
			g.word(",")
		}
		g.expr(depth)
	}
}

// TestRandomExpressions compares SQLite's program for a random text with that for its printed tree.
func TestRandomExpressions(t *testing.T) {
	db := openTest(t)
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		g := &randomText{rt: rt}
		g.expr(rapid.IntRange(1, 4).Draw(rt, "depth"))
		src := "SELECT 1 FROM t, u WHERE " + g.b.String()
		if rapid.Bool().Draw(rt, "column") {
			src = "SELECT " + g.b.String() + " FROM t LEFT JOIN u ON t.c = u.y"
		}
		want, err := explain(db, src)
		if err != nil {
			_, _ = ParseSelect(src)
			return
		}
		accepted++
		sel, err := ParseSelect(src)
		require.NoError(rt, err, src)
		printed := Print(sel, PrintOptions{})
		got, err := explain(db, printed)
		require.NoError(rt, err, printed)
		require.Equal(rt, want, got, "%s\n%s", src, printed)
		again, err := ParseSelect(printed)
		require.NoError(rt, err, printed)
		require.Equal(rt, printed, Print(again, PrintOptions{}))
		checkSpans(rt, src, sel)
	})
	t.Logf("%d texts were SQL", accepted)
	require.Positive(t, accepted)
}

func FuzzParseSelect(f *testing.F) {
	for _, src := range corpus(f) {
		f.Add(src)
	}
	f.Add(strings.Repeat("(", 5000))
	f.Add("SELECT " + strings.Repeat("- ", 5000))
	f.Add("SELECT " + strings.Repeat("NOT ", 5000) + "1")
	db := openTest(f)
	c := openC(f)
	f.Fuzz(func(t *testing.T, src string) {
		sel, err := ParseSelect(src)
		if err != nil {
			var syntax *SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.True(t, 0 <= syntax.Offset && syntax.Offset <= len(src))
			checkRefused(t, c, src, syntax)
			return
		}
		printed := Print(sel, PrintOptions{})
		again, err := ParseSelect(printed)
		require.NoError(t, err, printed)
		require.Equal(t, printed, Print(again, PrintOptions{}))
		if len(Split(src)) > 1 || strings.Contains(src, "?") { // the driver would run the rest, or wants arguments
			return
		}
		if want, err := explain(db, src); err == nil {
			got, err := explain(db, printed)
			require.NoError(t, err, printed)
			require.Equal(t, want, got, printed)
			checkSpans(t, src, sel)
		}
	})
}

// checkRefused tests that SQLite refuses too, as a SELECT, what ParseSelect refused.
func checkRefused(t require.TestingT, c *cAPI, src string, err *SyntaxError) {
	statements := Split(src)
	if len(statements) != 1 || strings.IndexByte(src, 0) >= 0 || strings.Contains(err.Msg, "not supported") || strings.Contains(err.Msg, "too ") {
		return
	}
	upper := upperASCII(src)
	for _, other := range []string{"INSERT", "UPDATE", "DELETE", "REPLACE"} { // after a WITH
		if strings.Contains(upper, other) {
			return
		}
	}
	for _, tok := range statements[0].Tokens {
		if tok.Blank() {
			continue
		}
		if tok.Is(src, "SELECT") || tok.Is(src, "VALUES") || tok.Is(src, "WITH") {
			_, ok := c.prepare(src)
			require.False(t, ok, "%s: %v", src, err)
		}
		return
	}
}
