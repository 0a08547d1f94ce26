package planner

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// boundFrom is a FROM clause that was resolved.
type boundFrom struct {
	scope *scope
	block *block
	refs  []*sqltext.TableRef // for the resolved text
	whole bool                // the resolved text is complete
}

// from resolves a FROM clause, or a parenthesised join in one.
func (b *binder) from(refs []*sqltext.TableRef) (*boundFrom, error) {
	f := &boundFrom{scope: &scope{}, block: &block{}, whole: true}
	var merged [][]sqltext.Expr // what USING and NATURAL say, by table
	for _, t := range refs {
		r := *t
		var right *boundFrom
		var err error
		if t.Nested != nil {
			if right, err = b.from(t.Nested); err != nil {
				return nil, err
			}
			if t.Alias != nil {
				return nil, b.text.refuse(t.Span, "alias of a parenthesised join", "use a FROM subquery")
			}
			r.Nested = right.refs
		} else if right, err = b.item(t, &r); err != nil {
			return nil, err
		}
		equal, err := b.merge(f, right, t)
		if err != nil {
			return nil, err
		}
		merged = append(merged, equal)
		f.scope.items = append(f.scope.items, right.scope.items...)
		f.block.items = append(f.block.items, right.block.items...)
		f.block.preds = append(f.block.preds, right.block.preds...)
		f.whole = f.whole && right.whole
		f.refs = append(f.refs, &r)
	}
	if len(f.scope.items) > 1 {
		b.qualify(f.scope)
	}
	// SQLite resolves ON against the whole FROM clause.
	for i, t := range refs {
		on, err := b.expr(t.On, f.scope, nil)
		if err != nil {
			return nil, err
		}
		f.refs[i].On = on
		// In the resolved text they are an ON, so that it stays what it is when tables get more columns.
		for _, eq := range merged[i] {
			if f.refs[i].On == nil {
				f.refs[i].On = eq
			} else {
				f.refs[i].On = &sqltext.Binary{Op: "AND", L: f.refs[i].On, R: eq}
			}
		}
		if f.refs[i].Using = nil; t.Join != nil {
			j := *t.Join
			j.Natural = false
			f.refs[i].Join = &j
		}
		f.block.preds = append(f.block.preds, conjuncts(on)...)
	}
	return f, nil
}

// qualify names the columns of a join for people by their tables.
func (b *binder) qualify(s *scope) {
	for _, i := range s.items {
		if i.scan == nil {
			continue
		}
		for _, c := range i.columns {
			b.cols.of(c.id).name = i.name + "." + c.name
		}
	}
}

// merge joins right to f by its USING or NATURAL, and returns the equalities that these are.
func (b *binder) merge(f, right *boundFrom, t *sqltext.TableRef) (equal []sqltext.Expr, err error) {
	var names []string
	for _, u := range t.Using {
		names = append(names, u.Name)
	}
	if t.Join != nil && t.Join.Natural {
		for _, i := range right.scope.items {
			for _, c := range i.columns {
				if c.hidden || i.using[lower(c.name)] {
					continue
				}
				for _, l := range f.scope.items {
					if n := l.find(c.name); n >= 0 && !l.columns[n].hidden {
						names = append(names, c.name)
						break
					}
				}
			}
		}
	}
	for _, name := range names {
		at := t.UsingSpan
		if t.Using == nil {
			at = t.Join.Span
		}
		l := b.merged(f.scope, name, at)
		r := b.merged(right.scope, name, at)
		if l == nil || r == nil {
			return nil, b.text.unsure(at, "column "+name+" of a join")
		}
		eq := &sqltext.Binary{Span: at, Op: "=", L: l, R: r}
		if err := b.checkMixed(eq); err != nil {
			return nil, err
		}
		for _, c := range []*ref{l, r} {
			if err := b.checkColumn(c); err != nil {
				return nil, err
			}
		}
		f.block.preds = append(f.block.preds, eq)
		equal = append(equal, eq)
		for _, i := range right.scope.items {
			if i.find(name) >= 0 {
				if i.using == nil {
					i.using = map[string]bool{}
				}
				i.using[lower(name)] = true
			}
		}
	}
	return equal, nil
}

// merged returns the leftmost column of that name.
func (b *binder) merged(s *scope, name string, at sqltext.Span) *ref {
	for _, i := range s.items {
		if n := i.find(name); n >= 0 {
			return i.ref(n, at)
		}
	}
	return nil
}

// item resolves one table, view, CTE or subquery; r is its copy for the resolved text.
func (b *binder) item(t, r *sqltext.TableRef) (*boundFrom, error) {
	i := &fromItem{print: b.printName(), name: t.Name}
	if t.Alias != nil {
		i.name = t.Alias.Name
	}
	r.Alias = &sqltext.Ident{Name: i.print, Quote: '"'}
	f := &boundFrom{scope: &scope{items: []*fromItem{i}}, whole: true}
	var sub *boundSelect
	var err error
	switch {
	case t.Subquery != nil:
		if sub, err = b.selectStmt(t.Subquery); err != nil {
			return nil, err
		}
		r.Subquery = sub.tree
	default:
		if s, at := b.ctes.find(t.Name); s != nil && t.Schema == "" {
			if sub, err = b.cte(s, at, t); err != nil {
				return nil, err
			}
			break
		}
		if i.table, err = b.table(t); err != nil {
			return nil, err
		}
		i.schema, r.Schema, r.Name = i.table.Schema, i.table.Schema, i.table.Name
		if i.table.Kind == PlainView {
			if sub, err = b.plainView(t, i.table); err != nil {
				return nil, err
			}
			break
		}
		if i.scan, err = b.scan(t, i); err != nil {
			return nil, err
		}
		f.block = &block{items: []rel{i.scan}}
		return f, nil
	}
	for n, id := range sub.ids {
		i.columns = append(i.columns, scopeColumn{name: sub.names[n], id: b.derived(id, sub.names[n])})
	}
	f.whole = sub.tree != nil
	f.block = &block{items: []rel{b.renamed(sub, i)}}
	return f, nil
}

// derived returns the column that a subquery's result column id is to the outside: itself, when nothing changes.
func (b *binder) derived(id colID, name string) colID {
	info := *b.cols.of(id)
	if out := boundary(info); out != info {
		out.name = name
		return b.cols.add(out)
	}
	return id
}

// renamed gives sub's relation the columns of i where they differ from its own.
func (b *binder) renamed(sub *boundSelect, i *fromItem) rel {
	var outs []computed
	done := colSet{}
	for n, c := range i.columns {
		if c.id == sub.ids[n] || done.has(c.id) {
			continue
		}
		done.add(c.id)
		outs = append(outs, computed{c.id, &ref{Column: &sqltext.Column{Name: c.name}, id: sub.ids[n]}})
	}
	if outs == nil {
		return sub.rel
	}
	return &extend{in: sub.rel, outs: outs}
}

// table looks a base table or view up and refuses what can't be a view's source.
func (b *binder) table(t *sqltext.TableRef) (*Table, error) {
	name := lower(t.Name)
	if strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "__internal_dbsp_") {
		return nil, b.text.refuse(t.NameSpan, "system table "+t.Name, "")
	}
	if t.Schema == "" && !sameName(b.schema, "temp") {
		shadow, err := b.cat.Table("temp", t.Name)
		if err != nil {
			return nil, err
		}
		if shadow != nil {
			return nil, b.text.refuse(t.NameSpan, "temp table "+t.Name, "create the view as TEMP, or write "+b.schema+"."+t.Name)
		}
	}
	tab, err := b.cat.Table(t.Schema, t.Name)
	if err != nil {
		return nil, err
	}
	if tab == nil {
		return nil, b.text.unsure(t.NameSpan, "can't find table "+t.Name)
	}
	if !sameName(tab.Schema, b.schema) {
		if sameName(tab.Schema, "temp") {
			return nil, b.text.refuse(t.NameSpan, "temp table "+t.Name, "create the view as TEMP")
		}
		return nil, b.text.refuse(t.NameSpan, "table "+tab.Schema+"."+tab.Name+" of another schema",
			"a view and its tables live in one database file")
	}
	if tab.Kind == VirtualTable {
		return nil, b.text.refuse(t.NameSpan, "virtual table "+t.Name, "its changes can't be seen; copy it into a table")
	}
	if tab.Stale != "" {
		return nil, b.text.refuse(t.NameSpan, "stale view "+t.Name, tab.Stale)
	}
	return tab, nil
}

// scan makes the columns of a table.
func (b *binder) scan(t *sqltext.TableRef, i *fromItem) (*scan, error) {
	s := &scan{table: i.table, cols: map[int]colID{}}
	for n, c := range i.table.Columns {
		id := b.cols.add(colInfo{
			name: c.Name, declType: storedType(c), affinity: c.Affinity, collation: strings.ToUpper(orBinary(c.Collation)),
			uniform: uniformAffinity(c.Affinity), content: contentOfAffinity(c.Affinity),
		})
		s.cols[n] = id
		i.columns = append(i.columns, scopeColumn{name: c.Name, id: id, hidden: c.Hidden})
	}
	return s, nil
}

// storedType returns the declared type of a base column, "" where a column so declared would change its values: ANY in a
// STRICT table keeps text that looks like a number, in other tables it does not.
func storedType(c TableColumn) string {
	if affinityOfType(c.DeclType) != c.Affinity {
		return ""
	}
	return c.DeclType
}
