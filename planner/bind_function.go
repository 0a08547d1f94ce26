package planner

import (
	"slices"
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
	id := b.cols.add(colInfo{name: "rowid", affinity: AffinityInteger, collation: binary, uniform: true, content: onlyNumbers})
	fs.cols[len(fs.names)] = id
	fs.names, i.rowid = append(fs.names, "rowid"), &id
	return fs, nil
}

// function joins a table-valued function to what stands before it.
func (j *joining) function(t *sqltext.TableRef, right *boundFrom, kind sqltext.JoinKind, preds []sqltext.Expr) error {
	f := right.function
	if kind == sqltext.RightJoin || kind == sqltext.FullJoin {
		if !j.lateral(f) {
			f.in = j.b.arguments(f, &one{})
			return j.outerJoin(t, right, kind, f, preds)
		}
		// For the rows of the function without partner SQLite calls it with NULLs for the columns to its left.
		if !slices.ContainsFunc(f.args, j.nullOfNulls) {
			return j.b.text.refuse(t.Join.Span, "RIGHT or FULL JOIN of a table-valued function of columns to its left", "write it to the left, or use LEFT JOIN")
		}
		if kind = sqltext.LeftJoin; t.Join.Kind == sqltext.RightJoin {
			kind = sqltext.InnerJoin
		}
	}
	in, later := j.sofar()
	if len(j.block.items) == 0 {
		in = &one{}
	}
	f.in = j.b.arguments(f, in)
	if kind == sqltext.LeftJoin {
		f.outer, f.on = true, preds
		j.b.pad(f)
		preds = nil
	}
	j.block = &block{items: []rel{f}, preds: append(later, preds...)}
	if right.merges != nil {
		j.block.items[0] = &extend{in: j.block.items[0], outs: right.merges}
	}
	return nil
}

// arguments gives in the columns that f's arguments with subqueries become.
func (b *binder) arguments(f *tableFunction, in rel) rel {
	x := &extend{in: in}
	for i, a := range f.args {
		if hasSubquery(a) {
			info := b.cols.describe(a)
			info.name = b.cols.name(a)
			id := b.cols.add(info)
			x.outs = append(x.outs, computed{id, a})
			f.args[i] = b.cols.ref(id)
		}
	}
	if x.outs == nil {
		return in
	}
	return x
}

// lateral tells whether the arguments of f name columns of this FROM clause.
func (j *joining) lateral(f *tableFunction) bool {
	return slices.ContainsFunc(f.args, func(a sqltext.Expr) bool { return len(j.own(a)) > 0 })
}

// nullOfNulls tells whether e is surely NULL where all columns of this FROM clause are.
func (j *joining) nullOfNulls(e sqltext.Expr) bool {
	switch e := sqltext.Unparen(e).(type) {
	case *ref:
		return !e.outer
	case *sqltext.Binary:
		return (e.Op == "->" || e.Op == "->>") && j.nullOfNulls(e.L)
	case *sqltext.Call:
		return lower(e.Name) == "json_extract" && !j.b.cols.overloaded["json_extract"] && j.nullOfNulls(e.Args[0])
	}
	return false
}
