package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExprTrees spells out readings that different programs could not always tell apart.
func TestExprTrees(t *testing.T) {
	for src, want := range map[string]string{
		"a OR b AND NOT c = d":               "(a OR (b AND (NOT (c = d))))",
		"a BETWEEN 1 AND 10 AND b = 3":       "((a BETWEEN 1 AND 10) AND (b = 3))",
		"a IS NOT b AND c":                   "((a IS NOT b) AND c)",
		"a IS NOT DISTINCT FROM b + 1":       "(a IS NOT DISTINCT FROM (b + 1))",
		"NOT a LIKE b":                       "(NOT (a LIKE b))",
		"a NOT LIKE b AND c":                 "((a NOT LIKE b) AND c)",
		"a LIKE b ESCAPE c < d":              "(a LIKE b ESCAPE (c < d))",
		"a == b != c":                        "((a = b) <> c)",
		"- a COLLATE nocase":                 "((- a) COLLATE nocase)",
		"a || b COLLATE nocase":              "(a || (b COLLATE nocase))",
		"- - 1":                              "(- (-1))",
		"-1":                                 "(-1)",
		"~a -> '$' || b":                     "(((~ a) -> '$') || b)",
		"a || b || c":                        "(a || b || c)",
		"a || (b || c)":                      "(a || (b || c))",
		"a - b - c":                          "((a - b) - c)",
		"a + NOT b = c":                      "(a + (NOT (b = c)))",
		"a NOT NULL":                         "(a NOTNULL)",
		"a IS NULL":                          "(a IS NULL)",
		"((a))":                              "a",
		"(a, (b))":                           "(a, b)",
		"x in (1,2)":                         "(x IN (1, 2))",
		"x not in s.t":                       "(x NOT IN s.t)",
		"cast(a as  varchar ( 10 , 2 ))":     "CAST(a AS varchar(10,2))",
		"case a when 1 then 2 else 3 end":    "CASE a WHEN 1 THEN 2 ELSE 3 END",
		"[a b].`c`":                          "\"a b\".`c`",
		`"a"`:                                `"a"`,
		"key":                                "`key`",
		"true":                               "true",
		"[true]":                             "`true`",
		"s.t.c":                              "s.t.c",
		"count(distinct a) filter (where b)": "count(DISTINCT a) FILTER (WHERE b)",
		"f(a order by b desc nulls last)":    "f(a ORDER BY b DESC NULLS LAST)",
		"sum(a) over (w order by b rows 1 preceding)": "sum(a) OVER (w ORDER BY b ROWS 1 PRECEDING)",
		"raise(abort, 'x' || a)":                      "RAISE(ABORT, ('x' || a))",
		"raise(ignore)":                               "RAISE(IGNORE)",
		"exists (select 1)":                           "EXISTS (SELECT 1)",
		"Replace(a, 'b')":                             "Replace(a, 'b')",
		`"cast"(a)`:                                   `"cast"(a)`,
	} {
		e, err := ParseExpr(src)
		require.NoError(t, err, src)
		require.Equal(t, want, PrintExpr(e, nil), src)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		src, want string
		offset    int
	}{
		{"", "incomplete input", 0},
		{"SELECT", "incomplete input", 6},
		{"SELECT a b c", `near "c": syntax error`, 11},
		{"SELECT 'open", `unrecognized token: "'open"`, 7},
		{"SELECT 1; SELECT 2", `near "SELECT": syntax error`, 10},
		{"SELECT a FROM t ON a", `near "ON": syntax error`, 16},
		{"SELECT a FROM t OUTER JOIN u", "unknown join type: OUTER JOIN", 16},
		{"SELECT a FROM t INNER LEFT JOIN u", "unknown join type: INNER LEFT JOIN", 16},
		{"SELECT a FROM t LEFT OUTER NATURAL LEFT JOIN u", `near "LEFT": syntax error`, 35},
		{"SELECT a BETWEEN 1 OR 2 AND 3", `near "OR": syntax error`, 19},
		{"SELECT CASE THEN", `near "THEN": syntax error`, 12},
		{"SELECT CASE END", "incomplete input", 15},
		{`SELECT "".a FROM t`, "an empty name before a dot is not supported", 7},
		{"DELETE FROM t", `near "DELETE": syntax error`, 0},
	} {
		_, err := ParseSelect(c.src)
		var syntax *SyntaxError
		require.ErrorAs(t, err, &syntax, c.src)
		require.Equal(t, SyntaxError{Offset: c.offset, Msg: c.want}, *syntax, c.src)
	}
}

// A text may be nested or chained without end; that must not exhaust the stack.
func TestDepth(t *testing.T) {
	for _, piece := range []string{"(", "- ", "NOT ", "a IN (", "(SELECT ", "f(", "CASE ", "a BETWEEN ", "(SELECT 1 FROM ("} {
		_, err := ParseSelect("SELECT " + strings.Repeat(piece, 100000))
		require.ErrorContains(t, err, "nested too deeply", piece)
	}
	_, err := ParseSelect("SELECT * FROM " + strings.Repeat("(", 100000))
	require.ErrorContains(t, err, "nested too deeply")
	for _, piece := range []string{"+1", " LIKE 1", " COLLATE x", " NOTNULL"} {
		_, err = ParseSelect("SELECT 1" + strings.Repeat(piece, 100000))
		require.ErrorContains(t, err, "too many operators", piece)
	}

	long := "SELECT 1" + strings.Repeat(" OR 1", 990)
	sel, err := ParseSelect(long)
	require.NoError(t, err)
	printed := Print(sel, PrintOptions{})
	require.Equal(t, 1, strings.Count(printed, "("))
	nested := "SELECT " + strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500)
	_, err = ParseSelect(nested)
	require.NoError(t, err)
}

func TestRewrite(t *testing.T) {
	e, err := ParseExpr("a + b + t.c * -(a) AND b IN (a, 1)")
	require.NoError(t, err)
	columns := map[string]string{"a": "c0", "b": "c1", "c": "c2"}
	got := PrintExpr(e, func(e Expr) (string, bool) {
		c, ok := e.(*Column)
		if !ok {
			return "", false
		}
		return columns[c.Name], true
	})
	require.Equal(t, "((c0 + c1 + (c2 * (- c0))) AND (c1 IN (c0, 1)))", got)

	got = PrintExpr(e, func(e Expr) (string, bool) { // an inner link of a flat chain
		b, ok := e.(*Binary)
		return "x", ok && b.Op == "+" && PrintExpr(b, nil) == "(a + b)"
	})
	require.Equal(t, "((x + (t.c * (- a))) AND (b IN (a, 1)))", got)

	sel, err := ParseSelect("SELECT a FROM t WHERE a > (SELECT max(a) FROM u)")
	require.NoError(t, err)
	got = Print(sel, PrintOptions{Rewrite: func(e Expr) (string, bool) {
		_, ok := e.(*Subquery)
		return "c9", ok
	}})
	require.Equal(t, "SELECT a FROM t WHERE (a > c9)", got)
}

func TestWalk(t *testing.T) {
	src := `WITH q AS (SELECT c1 FROM t1) SELECT c2, sum(c3 ORDER BY c4) FILTER (WHERE c5) OVER (PARTITION BY c6 ORDER BY c7
		ROWS BETWEEN c8 PRECEDING AND c9 FOLLOWING) FROM t2 JOIN f(c10) ON c11 JOIN (t3 JOIN (SELECT c12) USING (x))
		WHERE c13 IN (c14, CASE c15 WHEN c16 THEN c17 ELSE c18 END) GROUP BY c19 HAVING c20 BETWEEN c21 AND c22
		WINDOW w AS (ORDER BY c23) UNION VALUES (c24) ORDER BY c25 LIMIT c26 OFFSET c27`
	sel, err := ParseSelect(src)
	require.NoError(t, err)
	var columns, tables []string
	Walk(sel, func(n Node) bool {
		switch n := n.(type) {
		case *Column:
			columns = append(columns, n.Name)
		case *TableRef:
			if n.Name != "" {
				tables = append(tables, n.Name)
			}
		}
		return true
	})
	require.Len(t, columns, 27)
	seen := map[string]bool{}
	for _, c := range columns {
		seen[c] = true
	}
	require.Len(t, seen, 27)
	require.Equal(t, []string{"t1", "t2", "f", "t3"}, tables)

	outer := 0
	Walk(sel, func(n Node) bool {
		_, isSelect := n.(*Select)
		outer++
		return !isSelect
	})
	require.Equal(t, 1, outer)
}

func TestJoinTree(t *testing.T) {
	sel, err := ParseSelect("SELECT * FROM a, b LEFT NATURAL JOIN c JOIN (d RIGHT JOIN e USING (x, y)) AS z ON p CROSS JOIN main.f AS g")
	require.NoError(t, err)
	from := sel.Cores[0].From
	require.Len(t, from, 5)
	require.Nil(t, from[0].Join)
	require.Equal(t, CommaJoin, from[1].Join.Kind)
	require.Equal(t, LeftJoin, from[2].Join.Kind)
	require.True(t, from[2].Join.Natural)
	require.Equal(t, InnerJoin, from[3].Join.Kind)
	require.Equal(t, "p", from[3].On.(*Column).Name)
	require.Equal(t, "z", from[3].Alias.Name)
	require.Equal(t, RightJoin, from[3].Nested[1].Join.Kind)
	require.Len(t, from[3].Nested[1].Using, 2)
	require.Equal(t, CrossJoin, from[4].Join.Kind)
	require.Equal(t, [3]string{"main", "f", "g"}, [3]string{from[4].Schema, from[4].Name, from[4].Alias.Name})
}
