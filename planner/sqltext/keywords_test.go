package sqltext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// keywordPlaces are the places where a name may stand; in each a keyword is a name, or is not.
var keywordPlaces = []struct{ before, after string }{
	{"SELECT ", ""}, {"SELECT ", " FROM t"}, {"SELECT 1 ", ""}, {"SELECT 1 AS ", ""}, {"SELECT * FROM t ", ""},
	{"SELECT * FROM t AS ", ""}, {"SELECT t.", " FROM t"}, {"SELECT ", ".a FROM t"}, {"SELECT ", "(1)"}, {"SELECT ", "(*)"},
	{"SELECT a + ", " FROM t"}, {"SELECT * FROM ", ""}, {"WITH ", " AS (SELECT 1) SELECT 1"}, {"SELECT a COLLATE ", " FROM t"},
	{"SELECT a IN ", " FROM t"}, {"SELECT sum(a) OVER ", " FROM t"}, {"SELECT CAST(a AS ", ") FROM t"},
	{"SELECT * FROM t JOIN u USING (", ")"}, {"SELECT 1 FROM t WINDOW ", " AS ()"}, {"SELECT sum(a) OVER (", ") FROM t"},
	{"SELECT ", ".* FROM t"}, {"SELECT a FROM t ORDER BY ", ""}, {"SELECT a FROM t LIMIT ", ""}, {"SELECT a FROM t GROUP BY ", ""},
	{"SELECT count(*) ", " FROM t"}, {"SELECT count(*) ", " (a) FROM t"}, {"SELECT * FROM t INDEXED BY ", ""},
	{"SELECT CASE ", " WHEN 1 THEN 2 END"}, {"SELECT CASE WHEN 1 THEN ", " END"}, {"SELECT * FROM t, ", " JOIN u"},
	{"SELECT sum(a) OVER (ROWS ", " PRECEDING) FROM t"},
}

func TestKeywords(t *testing.T) {
	db := openTest(t)
	c := openC(t)
	words := c.keywords()
	require.Greater(t, len(words), 100)
	var more []string
	for _, w := range append(words, "window", "within", "true", "rowid") {
		if w != "true" && w != "rowid" {
			require.True(t, IsKeyword(w) || w == "within", w)
		}
		for _, form := range keywordPlaces {
			src := form.before + w + form.after
			_, err := explain(db, src)
			sqlite := err == nil || !isSyntaxError(err.Error())
			_, ours := ParseSelect(src)
			if sqlite {
				require.NoError(t, ours, "%s (%v)", src, err)
			} else if ours == nil {
				more = append(more, src)
			}
		}
	}
	// All that is read although SQLite does not; none of it can come by, for SQLite compiles a text first.
	require.ElementsMatch(t, []string{
		"SELECT sum(a) OVER INDEXED FROM t", "SELECT sum(a) OVER FILTER FROM t", "SELECT 1 FROM t WINDOW INDEXED AS ()",
		"SELECT 1 FROM t WINDOW FILTER AS ()", "SELECT RAISE.* FROM t", "SELECT CAST.* FROM t", "SELECT CURRENT_DATE.* FROM t",
		"SELECT CURRENT_TIME.* FROM t", "SELECT CURRENT_TIMESTAMP.* FROM t",
	}, more)
}
