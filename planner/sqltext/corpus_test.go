package sqltext

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpus returns the SELECTs of testdata/selects.sql.
func corpus(t testing.TB) []string {
	b, err := os.ReadFile("testdata/selects.sql")
	require.NoError(t, err)
	var out []string
	for _, s := range Split(string(b)) {
		if !s.Empty() {
			out = append(out, s.Text(string(b)))
		}
	}
	require.Greater(t, len(out), 150)
	return out
}

func TestCorpus(t *testing.T) {
	db := openTest(t)
	for _, src := range corpus(t) {
		t.Run(src, func(t *testing.T) {
			want, err := explain(db, src)
			require.NoError(t, err, "the corpus itself must be valid")
			require.Contains(t, want, "Halt")
			sel, err := ParseSelect(src)
			require.NoError(t, err)
			printed := Print(sel, PrintOptions{})
			got, err := explain(db, printed)
			require.NoError(t, err, printed)
			require.Equal(t, want, got, printed)
			again, err := ParseSelect(printed)
			require.NoError(t, err, printed)
			require.Equal(t, printed, Print(again, PrintOptions{}))
			checkSpans(t, src, sel)
		})
	}
}

// checkSpans tests that each expression's and each SELECT's span holds exactly its text: read alone, it is the same tree.
func checkSpans(t require.TestingT, src string, sel *Select) {
	Walk(sel, func(n Node) bool {
		s := n.Bounds()
		require.True(t, 0 <= s.Start && s.Start < s.End && s.End <= len(src), "%T %v", n, s)
		text := s.Text(src)
		switch n := n.(type) {
		case Expr:
			alone, err := ParseExpr(text)
			require.NoError(t, err, text)
			require.Equal(t, PrintExpr(n, nil), PrintExpr(alone, nil), text)
			require.IsType(t, n, alone, text)
			first := Next(text, 0)
			require.False(t, first.Blank(), text)
		case *Select:
			alone, err := ParseSelect(text)
			require.NoError(t, err, text)
			require.Equal(t, Print(n, PrintOptions{}), Print(alone, PrintOptions{}), text)
		}
		visitChildren(n, func(child Node) {
			if !isNil(child) {
				require.True(t, s.Start <= child.Bounds().Start && child.Bounds().End <= s.End, "%T is not within %T: %s", child, n, src)
			}
		})
		return true
	})
}

// TestWrongTreesAreCaught shows that the comparison of programs has teeth: each pair is a text and a wrong reading.
func TestWrongTreesAreCaught(t *testing.T) {
	db := openTest(t)
	for _, c := range [][2]string{
		{"SELECT a FROM t WHERE a BETWEEN 1 AND 10 AND b = 3", "SELECT a FROM t WHERE (a BETWEEN 1 AND (10 AND (b = 3)))"},
		{"SELECT NOT a = b FROM t", "SELECT ((NOT a) = b) FROM t"},
		{"SELECT a IS NOT b AND c FROM t", "SELECT (a IS NOT (b AND c)) FROM t"},
		{"SELECT b NOT LIKE c AND d FROM t", "SELECT (b NOT LIKE (c AND d)) FROM t"},
		{"SELECT t.a FROM t RIGHT JOIN u ON t.a = u.a", `SELECT "RIGHT".a FROM t AS "RIGHT" JOIN u ON "RIGHT".a = u.a`},
		{"SELECT a FROM t LIMIT 5, 2", "SELECT a FROM t LIMIT 5 OFFSET 2"},
		{"SELECT a - b - c FROM t", "SELECT (a - (b - c)) FROM t"},
		{"SELECT -b COLLATE nocase < c FROM t", "SELECT ((-(b COLLATE nocase)) < (c + 0)) FROM t"},
		{"SELECT a OR b AND c FROM t", "SELECT ((a OR b) AND c) FROM t"},
		{"SELECT a IN (b) FROM t", "SELECT (a IN (b, c)) FROM t"},
		{"SELECT a FROM t ORDER BY a DESC", "SELECT a FROM t ORDER BY a"},
		{"SELECT count(DISTINCT b) FROM t", "SELECT count(b) FROM t"},
	} {
		want, err := explain(db, c[0])
		require.NoError(t, err)
		got, err := explain(db, c[1])
		require.NoError(t, err)
		require.NotEqual(t, want, got, c[1])
	}
}
