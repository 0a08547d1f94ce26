package ext

import (
	"errors"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// indexDefinition is what CREATE INDEX says: the terms without COLLATE, ASC and DESC that stand last, and the WHERE.
type indexDefinition struct {
	terms []string
	where string
}

// parseIndex reads the text of a CREATE INDEX statement as sqlite_schema stores it.
func parseIndex(sql string) (indexDefinition, error) {
	var def indexDefinition
	toks := slices.DeleteFunc(sqltext.Tokens(sql), sqltext.Token.Blank)
	i := slices.IndexFunc(toks, func(t sqltext.Token) bool { return t.Kind == sqltext.TokLParen })
	if i < 0 {
		return def, errors.New("can't read its definition")
	}
	depth, start := 0, i+1
	for ; i < len(toks); i++ {
		switch toks[i].Kind {
		case sqltext.TokLParen:
			depth++
		case sqltext.TokRParen:
			depth--
		}
		if depth == 0 || depth == 1 && toks[i].Kind == sqltext.TokComma {
			def.terms = append(def.terms, termText(sql, toks[start:i]))
			start = i + 1
		}
		if depth == 0 {
			break
		}
	}
	if depth != 0 {
		return def, errors.New("can't read its definition")
	}
	if rest := toks[i+1:]; len(rest) > 1 && rest[0].Is(sql, "WHERE") {
		def.where = sql[rest[1].Start:rest[len(rest)-1].End]
	}
	return def, nil
}

func termText(sql string, toks []sqltext.Token) string {
	for len(toks) > 0 && (toks[len(toks)-1].Is(sql, "ASC") || toks[len(toks)-1].Is(sql, "DESC")) {
		toks = toks[:len(toks)-1]
	}
	if len(toks) == 0 {
		return ""
	}
	return sql[toks[0].Start:toks[len(toks)-1].End]
}

// qualifyColumns puts what value says in place of every column of t in the expression.
func qualifyColumns(expr string, value func(planner.TableColumn) string, t *planner.Table) string {
	toks := slices.DeleteFunc(sqltext.Tokens(expr), sqltext.Token.Blank)
	var b strings.Builder
	last, castType := 0, 0
	for i, tok := range toks {
		next := sqltext.Token{}
		if i+1 < len(toks) {
			next = toks[i+1]
		}
		switch {
		case tok.Kind == sqltext.TokLParen && castType > 0:
			castType++
		case tok.Kind == sqltext.TokRParen && castType > 0:
			castType--
		case tok.Is(expr, "AS"):
			castType = 1 // up to the end of CAST(x AS type)
		}
		if castType > 0 || tok.Kind != sqltext.TokWord && tok.Kind != sqltext.TokQuoted || next.Kind == sqltext.TokLParen ||
			i > 0 && (toks[i-1].Is(expr, "COLLATE") || toks[i-1].Kind == sqltext.TokDot) {
			continue
		}
		name := sqltext.Dequote(tok.Text(expr))
		c := slices.IndexFunc(t.Columns, func(c planner.TableColumn) bool { return strings.EqualFold(c.Name, name) })
		if c < 0 {
			continue
		}
		b.WriteString(expr[last:tok.Start])
		b.WriteString(value(t.Columns[c]))
		last = tok.End
	}
	b.WriteString(expr[last:])
	return b.String()
}
