package ext

import (
	"errors"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// parseDefinition reads CREATE VIRTUAL TABLE … USING materialized_view(…): the column names of the form
// "(a, b) AS SELECT …", if given, and the SELECT's exact text. Blanks stand before the SELECT for what precedes it on
// its line, so that positions in errors are those of the statement where that was written with the same layout.
func parseDefinition(sql string) (columns []string, sel string, err error) {
	bad := errors.New("its definition can't be read: expected USING materialized_view(SELECT …)")
	toks := slices.DeleteFunc(sqltext.Tokens(sql), sqltext.Token.Blank)
	i := slices.IndexFunc(toks, func(t sqltext.Token) bool { return t.Is(sql, "USING") })
	if i < 0 || i+3 >= len(toks) || toks[i+2].Kind != sqltext.TokLParen {
		return nil, "", bad
	}
	last := len(toks) - 1
	for last > i && toks[last].Kind == sqltext.TokSemicolon {
		last--
	}
	if toks[last].Kind != sqltext.TokRParen {
		return nil, "", bad
	}
	body := toks[i+3 : last]
	from := toks[i+2].End
	if len(body) > 0 && body[0].Kind == sqltext.TokLParen {
		j := 1
		for ; j < len(body) && body[j].Kind != sqltext.TokRParen; j++ {
			if body[j].Kind != sqltext.TokComma {
				columns = append(columns, sqltext.Dequote(body[j].Text(sql)))
			}
		}
		if j+1 >= len(body) || !body[j+1].Is(sql, "AS") {
			return nil, "", bad
		}
		from = body[j+1].End
		body = body[j+2:]
	}
	if len(body) == 0 {
		return nil, "", bad
	}
	return columns, sql[from:toks[last].Start], nil
}

// requalify replaces a schema's name before tables in a resolved text: all other names with a dot there are r1.x. The
// catalog says main, whatever the file is attached as.
func requalify(sql, from, to string) string {
	toks := slices.DeleteFunc(sqltext.Tokens(sql), sqltext.Token.Blank)
	var b strings.Builder
	last := 0
	for i, t := range toks {
		if i+1 < len(toks) && toks[i+1].Kind == sqltext.TokDot && (t.Kind == sqltext.TokWord || t.Kind == sqltext.TokQuoted) &&
			strings.EqualFold(sqltext.Dequote(t.Text(sql)), from) {
			b.WriteString(sql[last:t.Start] + ident(to))
			last = t.End
		}
	}
	return b.String() + sql[last:]
}
