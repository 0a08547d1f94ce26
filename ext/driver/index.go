package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// indexOnView turns a CREATE INDEX that SQLite refused with cause into one on the view's output table, when the refused
// table is a materialized view; else it returns cause. So an index on any other table costs nothing, and is not read
// before SQLite has.
func (c *Conn) indexOnView(ctx context.Context, s *script, i int, cause error) (string, error) {
	cmd := s.parts[i].command
	v, ok, err := findIndexed(ctx, c.inner, cmd)
	if err != nil || !ok {
		return "", cause
	}
	stmt := s.body(i)
	refuse := func(construct, cure string, at sqltext.Span) error {
		line, column := sqltext.Position(s.text, s.parts[i].start+at.Start)
		return fmt.Errorf("%w: %s: %s at line %d, column %d; %s", ErrIndexOnView, v.name, construct, line, column, cure)
	}
	if cmd.Unique {
		return "", refuse("UNIQUE", "leave UNIQUE out", sqltext.Span{Start: firstToken(stmt)})
	}
	if cmd.Where.End > cmd.Where.Start {
		return "", refuse("a partial index", "leave WHERE out, or put the condition into the view", cmd.Where)
	}
	for _, column := range indexedColumns(stmt, cmd.IndexColumns) {
		if column.name == "" {
			return "", refuse("an expression", "index a column, or make the expression a column of the view", column.span)
		}
		found := false
		err := selectInner(ctx, c.inner,
			`SELECT 1 FROM pragma_table_info(?1, ?2) WHERE name = ?3 COLLATE NOCASE`,
			[]sqldriver.Value{v.name, v.schema, column.name}, func([]sqldriver.Value) { found = true })
		if err != nil {
			return "", err
		}
		if !found {
			return "", refuse("no such column: "+column.name, "name a column of the view", column.span)
		}
	}
	return stmt[:cmd.OnSpan.Start] + ident(outPrefix+v.name) + stmt[cmd.OnSpan.End:], nil
}

// findIndexed looks up the table of a CREATE INDEX. Unlike other statements, one without a schema looks into temp and
// main only (https://www.sqlite.org/src/file/src/build.c, sqlite3CreateIndex).
func findIndexed(ctx context.Context, inner sqldriver.Conn, cmd *sqltext.Command) (view, bool, error) {
	if cmd.Schema != "" {
		return findView(ctx, inner, cmd.Schema, cmd.On)
	}
	for _, schema := range []string{"temp", "main"} {
		found, ours, err := inSchema(ctx, inner, schema, cmd.On)
		if err != nil || found {
			return view{schema, ours}, ours != "", err
		}
	}
	return view{}, false, nil
}

// indexedColumn is one term of CREATE INDEX: a plain column, with COLLATE and ASC or DESC perhaps, or an expression,
// whose name is "".
type indexedColumn struct {
	name string
	span sqltext.Span
}

// indexedColumns reads the list between the parentheses of CREATE INDEX.
func indexedColumns(stmt string, list sqltext.Span) []indexedColumn {
	var out []indexedColumn
	var term []sqltext.Token
	depth := 0
	flush := func() {
		if len(term) > 0 {
			span := sqltext.Span{Start: term[0].Start, End: term[len(term)-1].End}
			out = append(out, indexedColumn{plainColumn(stmt, term), span})
		}
		term = nil
	}
	for at := list.Start; at < list.End; {
		t := sqltext.Next(stmt, at)
		at = t.End
		switch t.Kind {
		case sqltext.TokLParen:
			depth++
		case sqltext.TokRParen:
			depth--
		case sqltext.TokComma:
			if depth == 0 {
				flush()
				continue
			}
		}
		if !t.Blank() {
			term = append(term, t)
		}
	}
	flush()
	return out
}

// plainColumn returns the column's name when the term is column [COLLATE name] [ASC | DESC], else "".
func plainColumn(stmt string, term []sqltext.Token) string {
	rest := term[1:]
	if len(rest) >= 2 && rest[0].Is(stmt, "COLLATE") {
		rest = rest[2:]
	}
	if len(rest) == 1 && (rest[0].Is(stmt, "ASC") || rest[0].Is(stmt, "DESC")) {
		rest = nil
	}
	if len(rest) > 0 {
		return ""
	}
	name := term[0].Text(stmt)
	switch term[0].Kind {
	case sqltext.TokQuoted, sqltext.TokString: // SQLite reads 'a' as a name here
		return sqltext.Dequote(name)
	case sqltext.TokWord:
		if !sqltext.IsReserved(name) {
			return name
		}
	}
	return ""
}

// firstToken returns the offset of the first token that is not blank.
func firstToken(stmt string) int {
	at := 0
	for at < len(stmt) {
		t := sqltext.Next(stmt, at)
		if !t.Blank() && t.Kind != sqltext.TokSemicolon {
			break
		}
		at = t.End
	}
	return at
}
