package oracle

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// exactNames are the engine's aggregates whose sums are correctly rounded from the exact sum.
var exactNames = map[string]string{"sum": "mv_sum", "total": "mv_total", "avg": "mv_avg"}

// Exact returns a SELECT in which calls of sum, total and avg are calls of mv_sum, mv_total and mv_avg. Everything else
// stays as it is, text in strings and quoted names included.
func Exact(query string) string {
	tokens := sqltext.Tokens(query)
	var out strings.Builder
	done := 0
	for i, t := range tokens {
		if t.Kind != sqltext.TokWord {
			continue
		}
		name, ok := exactNames[strings.ToLower(t.Text(query))]
		if !ok || neighbour(tokens, i, -1) == sqltext.TokDot || neighbour(tokens, i, 1) != sqltext.TokLParen {
			continue
		}
		out.WriteString(query[done:t.Start])
		out.WriteString(name)
		done = t.End
	}
	if done == 0 {
		return query
	}
	out.WriteString(query[done:])
	return out.String()
}

// neighbour returns the kind of the token before (step -1) or after (step 1) the i-th, blanks not counted.
func neighbour(tokens []sqltext.Token, i, step int) sqltext.Kind {
	for i += step; i >= 0 && i < len(tokens); i += step {
		if !tokens[i].Blank() {
			return tokens[i].Kind
		}
	}
	return sqltext.TokIllegal
}
