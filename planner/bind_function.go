package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// lateralFunctions are the table-valued functions whose rows depend on nothing but their arguments.
var lateralFunctions = words("json_each json_tree jsonb_each jsonb_tree generate_series")

// jsonValues are the columns whose values carry a JSON subtype.
var jsonValues = words("value json")

// tableFunction resolves a table-valued function in FROM. Its arguments may use the tables before it.
func (b *binder) tableFunction(t, r *sqltext.TableRef, i *fromItem, before *scope) (*tableFunction, error) {
	fs := &tableFunction{name: lower(t.Name), cols: map[int]colID{}}
	r.Schema, r.Name, r.Args = "", i.table.Name, nil
	for _, a := range t.Args {
		e, err := b.expr(a, before, nil)
		if err != nil {
			return nil, err
		}
		if hasSubquery(e) {
			return nil, b.text.refuse(a.Bounds(), "subquery as an argument of "+t.Name+"()", "join the subquery in FROM before it")
		}
		fs.args, r.Args = append(fs.args, e), append(r.Args, e)
	}
	for n, c := range i.table.Columns {
		id := b.cols.add(colInfo{
			name: c.Name, declType: storedType(c), affinity: c.Affinity, collation: strings.ToUpper(orBinary(c.Collation)),
			content: contentOfAffinity(c.Affinity), subtyped: strings.HasPrefix(fs.name, "json") && jsonValues[lower(c.Name)],
		})
		fs.cols[n] = id
		fs.names = append(fs.names, c.Name)
		i.columns = append(i.columns, scopeColumn{name: c.Name, id: id, hidden: c.Hidden})
	}
	return fs, nil
}

// function joins a table-valued function to what stands before it.
func (j *joining) function(t *sqltext.TableRef, f *tableFunction, kind sqltext.JoinKind, preds []sqltext.Expr) error {
	var later []sqltext.Expr
	f.in, later = j.sofar()
	if len(j.block.items) == 0 {
		f.in = &one{}
	}
	switch kind {
	case sqltext.RightJoin, sqltext.FullJoin:
		return j.b.text.refuse(t.Join.Span, "RIGHT or FULL JOIN of a table-valued function", "write it to the left, or use LEFT JOIN")
	case sqltext.LeftJoin:
		if _, with := split(preds); len(with) > 0 {
			return j.b.text.refuse(with[0].Bounds(), "subquery in the ON of a table-valued function", "join the subquery in FROM before it")
		}
		f.outer, f.on = true, preds
		j.b.pad(f)
		preds = nil
	}
	j.block = &block{items: []rel{f}, preds: append(later, preds...)}
	return nil
}
