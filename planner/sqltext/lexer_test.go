package sqltext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []Kind
	}{
		{"", nil},
		{"a /* x */ b", []Kind{TokWord, TokSpace, TokComment, TokSpace, TokWord}},
		{"/* open", []Kind{TokComment}},
		{"/*", []Kind{TokOperator, TokOperator}}, // SQLite needs a third character for a comment
		{"/*/ */", []Kind{TokComment}},
		{"a--b\nc", []Kind{TokWord, TokComment, TokSpace, TokWord}},
		{"'it''s'", []Kind{TokString}},
		{"'open", []Kind{TokIllegal}},
		{`"a""b"[c d]` + "`e``f`", []Kind{TokQuoted, TokQuoted, TokQuoted}},
		{"x'00fF'X'0'", []Kind{TokBlob, TokIllegal}},
		{"xy'a'", []Kind{TokWord, TokString}},
		{"0x1F 0xg 1_000 1.5e-3 .5e3 1e 5.", []Kind{TokInteger, TokSpace, TokIllegal, TokSpace, TokInteger, TokSpace,
			TokFloat, TokSpace, TokFloat, TokSpace, TokIllegal, TokSpace, TokFloat}},
		{"1.a", []Kind{TokIllegal}},
		{"a.b", []Kind{TokWord, TokDot, TokWord}},
		{"? ?12 :a @b $c $c::d(e f) #1", []Kind{TokParam, TokSpace, TokParam, TokSpace, TokParam, TokSpace, TokParam,
			TokSpace, TokParam, TokSpace, TokIllegal, TokSpace, TokWord, TokRParen, TokSpace, TokParam}},
		{"$a(b)", []Kind{TokParam}},
		{"a->b->>c", []Kind{TokWord, TokOperator, TokWord, TokOperator, TokWord}},
		{"<= <> << >> >= == != || ! ~", []Kind{TokOperator, TokSpace, TokOperator, TokSpace, TokOperator, TokSpace,
			TokOperator, TokSpace, TokOperator, TokSpace, TokOperator, TokSpace, TokOperator, TokSpace, TokOperator,
			TokSpace, TokIllegal, TokSpace, TokOperator}},
		{"größe a$b \xff", []Kind{TokWord, TokSpace, TokWord, TokSpace, TokWord}},
		{"\ufeffSELECT", []Kind{TokSpace, TokWord}},
		{"\v \v", []Kind{TokIllegal, TokSpace}},
		{"a\x00b'c", []Kind{TokWord, TokIllegal}},
		{"\\", []Kind{TokIllegal}},
	} {
		var got []Kind
		for _, tok := range Tokens(c.src) {
			got = append(got, tok.Kind)
		}
		require.Equal(t, c.want, got, "%q", c.src)
	}
}

func TestTokenIs(t *testing.T) {
	src := `Select "select"`
	toks := Tokens(src)
	require.True(t, toks[0].Is(src, "SELECT"))
	require.False(t, toks[2].Is(src, "SELECT"))
	require.False(t, toks[0].Is(src, "SELECTED"))
}

func TestPosition(t *testing.T) {
	src := "SELECT é,\n  größe + 1"
	line, column := Position(src, len("SELECT é"))
	require.Equal(t, [2]int{1, 9}, [2]int{line, column})
	line, column = Position(src, len("SELECT é,\n  größe "))
	require.Equal(t, [2]int{2, 9}, [2]int{line, column})
	line, column = Position(src, 1000)
	require.Equal(t, [2]int{2, 12}, [2]int{line, column})
	line, column = Position(src, -1)
	require.Equal(t, [2]int{1, 1}, [2]int{line, column})
}

func TestDequote(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "a", `"a"`: "a", `"a""b"`: `a"b`, "`a``b`": "a`b", "[a b]": "a b", "'it''s'": "it's", `""`: "", "[]": "",
		`""""`: `"`, "'": "", `"a`: "a",
	} {
		require.Equal(t, want, Dequote(in), "%q", in)
	}
}

func TestQuoteIdent(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "a1_": "a1_", "": `""`, "a b": `"a b"`, "Order": `"Order"`, "key": `"key"`, "left": `"left"`, "1a": `"1a"`,
		`a"b`: `"a""b"`, "größe": `"größe"`, "$a": `"$a"`,
	} {
		require.Equal(t, want, QuoteIdent(in), "%q", in)
		require.Equal(t, in, Dequote(QuoteIdent(in)))
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"SELECT 1; -- x", "'a''b' \"c\" [d] `e` x'00' 0x1 1.5e+3 $a::b(c) /* /*/ */", "\v\xef\xbb\xbf\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		at := 0
		for _, tok := range Tokens(src) {
			require.Equal(t, at, tok.Start)
			require.Greater(t, tok.End, tok.Start)
			at = tok.End
		}
		require.Equal(t, len(src), at)
		line, column := Position(src, len(src)/2)
		require.Positive(t, line)
		require.Positive(t, column)
	})
}
