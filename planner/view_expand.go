package planner

import (
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// expands tells whether a view is expanded: a plain one, and a materialized one of another schema, whose changes the log of
// this one does not have.
func (b *binder) expands(t *Table) bool {
	return t.Kind == PlainView || t.Kind == MaterializedView && (b.foreign || !sameName(t.Schema, b.schema))
}

// plainView resolves the SELECT of a view as if it stood in FROM. Its text is checked and guarded by itself.
func (b *binder) plainView(t *sqltext.TableRef, v *Table) (*boundSelect, error) {
	name := lower(v.Schema) + "." + lower(v.Name)
	if b.expanding[name] {
		return nil, b.text.unsure(t.NameSpan, "view "+v.Name+" refers to itself")
	}
	b.expanding[name] = true
	defer delete(b.expanding, name)
	sql, body := v.Select, 0
	if v.Kind == PlainView {
		var ok bool
		sql = v.SQL
		if body, ok = viewBody(sql); !ok {
			return nil, b.text.unsure(t.NameSpan, "can't read the definition of view "+v.Name)
		}
	}
	inner := *b
	inner.foreign = b.foreign || !sameName(v.Schema, b.schema)
	inner.schema = v.Schema // where its names are looked for
	inner.text = &text{view: b.text.view, plainView: v.Name, sql: sql}
	inner.ctes, inner.outer = nil, nil
	out, err := inner.read(body, sql[body:])
	if err != nil {
		return nil, err
	}
	if len(out.ids) != len(v.Columns) {
		return nil, b.text.unsure(t.NameSpan, "view "+v.Name+" has other columns than its SELECT")
	}
	for i, c := range v.Columns {
		out.names[i] = c.Name
	}
	return out, nil
}

// viewBody returns the offset of the SELECT in a CREATE VIEW statement.
func viewBody(sql string) (int, bool) {
	depth := 0
	for _, t := range sqltext.Tokens(sql) {
		switch {
		case t.IsOp(sql, "("):
			depth++
		case t.IsOp(sql, ")"):
			depth--
		case depth == 0 && t.Is(sql, "AS"):
			return t.End, true
		}
	}
	return 0, false
}
