package ext

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// integerFunction is f(x): an INTEGER or NULL as it is, else an error.
const integerFunction = internalPrefix + "integer"

func (e *engine) registerInteger() error {
	return e.conn.CreateFunction(&sqlite3.Function{
		Name: integerFunction, NArg: 1, Deterministic: true, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			v := args.Raw(0)
			if !v.IsNull() && v.Kind() != dbsp.Integer {
				r.Error(errNotIntegers)
				return
			}
			r.Set(v)
		},
	})
}

// integerSums is ExactSums with SQLite's own sum: its value is exact where it is an INTEGER, and where it is not the
// SELECT fails.
func integerSums(sel string) string {
	toks := slices.DeleteFunc(sqltext.Tokens(sel), sqltext.Token.Blank)
	type insertion struct {
		at   int
		text string
	}
	var all []insertion
	for i := range toks {
		if !calls(sel, toks, i, "sum") {
			continue
		}
		end := closing(toks, i+1)
		if end+2 < len(toks) && toks[end+1].Is(sel, "FILTER") && toks[end+2].Kind == sqltext.TokLParen {
			end = closing(toks, end+2)
		}
		if end >= len(toks) {
			return ExactSums(sel)
		}
		all = append(all, insertion{toks[i].Start, integerFunction + "("}, insertion{toks[end].End, ")"})
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var b strings.Builder
	last := 0
	for _, x := range all {
		b.WriteString(sel[last:x.at])
		b.WriteString(x.text)
		last = x.at
	}
	b.WriteString(sel[last:])
	return exact(b.String(), "avg", "total")
}

// closing returns which token closes the parenthesis that token open opens, len(toks) where none does.
func closing(toks []sqltext.Token, open int) int {
	depth := 0
	for i := open; i < len(toks); i++ {
		switch toks[i].Kind {
		case sqltext.TokLParen:
			depth++
		case sqltext.TokRParen:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(toks)
}
