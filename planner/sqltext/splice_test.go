package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestRandomSplices puts tokens of one text of the corpus into another: few results are SQL, but those few are odd.
func TestRandomSplices(t *testing.T) {
	db := openTest(t)
	c := openC(t)
	var texts [][]string
	for _, src := range corpus(t) {
		var words []string
		for _, tok := range newParser(src).toks {
			if tok.Kind != TokSemicolon && !strings.Contains(tok.Text(src), "?") {
				words = append(words, tok.Text(src))
			}
		}
		texts = append(texts, words)
	}
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		cut := func(label string) (words []string, from, to int) {
			words = rapid.SampledFrom(texts).Draw(rt, label)
			from = rapid.IntRange(0, len(words)).Draw(rt, label+" from")
			return words, from, min(len(words), from+rapid.IntRange(0, 4).Draw(rt, label+" length"))
		}
		into, from, to := cut("into")
		piece, first, last := cut("piece")
		words := append(append(append([]string{}, into[:from]...), piece[first:last]...), into[to:]...)
		src := strings.Join(words, " ")
		sel, err := ParseSelect(src)
		if err != nil {
			var syntax *SyntaxError
			require.ErrorAs(rt, err, &syntax)
			checkRefused(rt, c, src, syntax)
			return
		}
		want, err := explain(db, src)
		if err != nil {
			return
		}
		accepted++
		printed := Print(sel, PrintOptions{})
		got, err := explain(db, printed)
		require.NoError(rt, err, "%s\n%s", src, printed)
		require.Equal(rt, want, got, "%s\n%s", src, printed)
		checkSpans(rt, src, sel)
	})
	t.Logf("%d texts were SQL", accepted)
	require.Positive(t, accepted)
}
