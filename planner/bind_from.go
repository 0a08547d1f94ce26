package planner

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// boundFrom is a FROM clause that was resolved.
type boundFrom struct {
	scope *scope
	block *block
	refs  []*sqltext.TableRef // for the resolved text
	whole bool                // the resolved text is complete
	// keepsRight is set where there is a RIGHT or FULL JOIN.
	keepsRight bool
	// function is the item when it is a table-valued function.
	function *tableFunction
	// merges are the columns to add to the join with the item at hand, before those to add to what it is joined to.
	merges, before []computed
}

// from resolves a FROM clause.
func (b *binder) from(refs []*sqltext.TableRef) (*boundFrom, error) {
	return b.fromTerms(refs, false)
}

// fromTerms resolves a FROM clause, or a parenthesised join in one.
func (b *binder) fromTerms(refs []*sqltext.TableRef, nested bool) (*boundFrom, error) {
	f := &boundFrom{scope: &scope{outer: b.outer}, whole: true}
	if len(refs) == 0 {
		f.block = &block{items: []rel{&one{}}}
		return f, nil
	}
	for _, t := range refs {
		if t.Join != nil && (t.Join.Kind == sqltext.RightJoin || t.Join.Kind == sqltext.FullJoin) {
			f.keepsRight = true
		}
	}
	var merged [][]sqltext.Expr // what USING and NATURAL say, by table
	var rights []*boundFrom
	for _, t := range refs {
		if t.Nested != nil && t.Alias != nil {
			// SQLite makes a subquery of several tables that it compiles in a way of its own.
			f.whole = f.whole && len(t.Nested) == 1
			t = aliasedJoin(t)
		}
		r := *t
		var right *boundFrom
		var err error
		if t.Nested != nil {
			if right, err = b.fromTerms(t.Nested, true); err != nil {
				return nil, err
			}
			r.Nested = right.refs
		} else if right, err = b.item(t, &r, f.scope); err != nil {
			return nil, err
		}
		equal, err := b.merge(f, right, t)
		if err != nil {
			return nil, err
		}
		if t.Join != nil {
			if len(right.scope.items) == 1 {
				right.scope.items[0].join = t.Join.Kind
			}
		}
		right.merges, f.merges = f.merges, nil
		merged, rights = append(merged, equal), append(rights, right)
		f.scope.items = append(f.scope.items, right.scope.items...)
		f.whole = f.whole && right.whole
		f.refs = append(f.refs, &r)
	}
	if len(f.scope.items) > 1 {
		b.qualify(f.scope)
	}
	j := &joining{b: b, block: &block{}}
	for i, t := range refs {
		// SQLite resolves ON against the whole FROM clause.
		on, err := b.expr(t.On, f.scope, nil)
		if err != nil {
			return nil, err
		}
		if err := b.checkPushed(conjuncts(on), f.scope); err != nil {
			return nil, err
		}
		f.whole = f.whole && !unprintable(on)
		f.refs[i].On = on
		// In the resolved text they are an ON, so that it stays what it is when tables get more columns.
		f.refs[i].Using = nil
		for _, eq := range merged[i] {
			// But SQLite makes a subquery of a parenthesised join, and it has each of those columns once. And it tests a
			// column in USING for NULL where it does not in ON.
			if r, ok := eq.(*sqltext.Binary).R.(*ref); ok && (nested || b.merging) {
				f.refs[i].Using = append(f.refs[i].Using, &sqltext.Ident{Name: r.Name, Quote: '"'})
			} else if f.refs[i].On == nil {
				f.refs[i].On = eq
			} else {
				f.refs[i].On = &sqltext.Binary{Op: "AND", L: f.refs[i].On, R: eq}
			}
		}
		if t.Join != nil {
			j := *t.Join
			j.Natural = false
			f.refs[i].Join = &j
		}
		if err := j.add(t, rights[i], append(slices.Clone(merged[i]), conjuncts(on)...)); err != nil {
			return nil, err
		}
	}
	f.block = j.block
	return f, nil
}

// aliasedJoin is ( a JOIN b ) AS x as a subquery, and ( a ) AS x as a AS x, which SQLite makes of them.
func aliasedJoin(t *sqltext.TableRef) *sqltext.TableRef {
	if len(t.Nested) == 1 {
		c := *t.Nested[0]
		c.Join, c.On, c.Using, c.UsingSpan, c.Alias = t.Join, t.On, t.Using, t.UsingSpan, t.Alias
		if c.Nested != nil {
			return aliasedJoin(&c)
		}
		return &c
	}
	c := *t
	c.Nested = nil
	c.Subquery = &sqltext.Select{Span: t.Span, Cores: []*sqltext.Core{{
		Span: t.Span, Columns: []*sqltext.ResultColumn{{Span: t.Span, Star: true}}, From: t.Nested,
	}}}
	return &c
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
		left, r := mergedLeft(f, name, at), mergedRight(right.scope, name, at)
		if left == nil || r == nil {
			return nil, b.text.unsure(at, "column "+name+" of a join")
		}
		l := b.notNull(f, right, name, left, at)
		eq := &sqltext.Binary{Span: at, Op: "=", L: l, R: r}
		if err := b.checkMixed(eq); err != nil {
			return nil, err
		}
		if err := b.checkColumns(eq); err != nil {
			return nil, err
		}
		equal = append(equal, eq)
		*b.merges = true
		first := true
		for n, i := range right.scope.items {
			if i.find(name) < 0 {
				continue
			}
			if i.using == nil {
				i.using = map[string]bool{}
			}
			i.using[lower(name)] = true
			if first && (t.Join.Kind == sqltext.RightJoin || t.Join.Kind == sqltext.FullJoin) {
				b.mergeColumns(f, i, name, l, r)
				if rest := len(right.scope.items) - 1; rest > 0 {
					if i.group == nil {
						i.group = map[string]groupColumn{}
					}
					i.group[lower(name)] = groupColumn{expr: r, join: t.Join.Kind, rest: rest - n}
					f.whole = false // the parenthesised join is a subquery with a column of its own for it
				}
			}
			first = false
		}
	}
	return equal, nil
}

// mergeColumns notes the column that stands for l and r, merged by the USING of a RIGHT or FULL JOIN. Older versions of
// SQLite have coalesce(l, r) for it, later ones gave that the affinity and collation of l; which one this is shows when
// the guard compares programs.
func (b *binder) mergeColumns(f *boundFrom, i *fromItem, name string, l, r sqltext.Expr) {
	*b.merges = true
	if !b.merging {
		return
	}
	info := b.cols.describe(l)
	info.name, info.notNull = name, false
	if i.merged == nil {
		i.merged = map[string]colID{}
	}
	i.merged[lower(name)] = b.cols.add(info)
	f.merges = append(f.merges, computed{i.merged[lower(name)], coalesce(sqltext.Span{}, []sqltext.Expr{l, r})})
	f.whole = false
}

// mergedLeft returns what a USING compares on its left side: the leftmost column of that name, in a FROM clause with a
// RIGHT or FULL JOIN, wherever it stands, the first of several that is not NULL (sqlite3ProcessJoin).
func mergedLeft(f *boundFrom, name string, at sqltext.Span) []sqltext.Expr {
	var all []sqltext.Expr
	outer := f.keepsRight
	for k := 0; k < len(f.scope.items); k++ {
		i := f.scope.items[k]
		group, grouped := i.group[lower(name)]
		k += group.rest
		if id, ok := i.merged[lower(name)]; ok {
			all = []sqltext.Expr{newRef(id, &sqltext.Column{Span: at, Name: name})}
			outer = false
		} else if grouped {
			all = append(all, group.expr)
		} else if n := i.find(name); n >= 0 {
			all = append(all, i.ref(n, at))
		}
	}
	if outer || all == nil {
		return all
	}
	return all[:1]
}

// notNull returns the first of some columns that is not NULL. As with mergeColumns, versions of SQLite differ in what the
// affinity and collation of that are.
func (b *binder) notNull(f, right *boundFrom, name string, of []sqltext.Expr, at sqltext.Span) sqltext.Expr {
	if len(of) == 1 {
		return of[0]
	}
	either := coalesce(at, of)
	if *b.merges = true; !b.merging {
		return either
	}
	info := b.cols.describe(of[0])
	info.name, info.notNull = name, false
	id := b.cols.add(info)
	right.before = append(right.before, computed{id, either})
	f.whole = false
	return newRef(id, &sqltext.Column{Span: at, Name: name})
}

// mergedRight returns what a USING compares on its right side, nil for none.
func mergedRight(s *scope, name string, at sqltext.Span) sqltext.Expr {
	found, _ := s.column(&sqltext.Column{Span: at, Name: name})
	return found
}

// item resolves one table, view, CTE or subquery; r is its copy for the resolved text.
func (b *binder) item(t, r *sqltext.TableRef, before *scope) (*boundFrom, error) {
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
		if i.table.Kind == VirtualTable {
			f.function, err = b.tableFunction(t, r, i, before)
			return f, err
		}
		i.schema, r.Schema, r.Name = i.table.Schema, i.table.Schema, i.table.Name
		if b.expands(i.table) {
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
	out := boundary(info)
	if out.asReal {
		out.asReal, out.madeReal = false, true
	}
	if out != info {
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
		var value sqltext.Expr = &ref{Column: &sqltext.Column{Name: c.name}, id: sub.ids[n]}
		if b.cols.of(sub.ids[n]).asReal {
			value = realOf(value)
		}
		outs = append(outs, computed{c.id, value})
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
	if tab.Kind == VirtualTable && lateralFunctions[name] {
		return tab, nil
	}
	if !sameName(tab.Schema, b.schema) && !b.maySee(tab) {
		if sameName(tab.Schema, "temp") {
			return nil, b.text.refuse(t.NameSpan, "temp table "+t.Name, "create the view as TEMP")
		}
		hint := "a view and its tables live in one database file"
		if sameName(b.schema, "temp") {
			hint = "a TEMP view reads tables of main and of temp"
		}
		return nil, b.text.refuse(t.NameSpan, "table "+tab.Schema+"."+tab.Name+" of another schema", hint)
	}
	if tab.Kind == VirtualTable {
		return nil, b.text.refuse(t.NameSpan, "virtual table "+t.Name, "its changes can't be seen; copy it into a table")
	}
	if tab.Stale != "" {
		return nil, b.text.refuse(t.NameSpan, "stale view "+t.Name, tab.Stale)
	}
	return tab, nil
}

// maySee tells whether the view may read a table of another schema: a TEMP view those of main.
func (b *binder) maySee(t *Table) bool {
	return sameName(b.schema, "temp") && sameName(t.Schema, "main")
}

// scan makes the columns of a table.
func (b *binder) scan(t *sqltext.TableRef, i *fromItem) (*scan, error) {
	s := &scan{table: i.table, cols: map[int]colID{}}
	for n, c := range i.table.Columns {
		id := b.cols.add(colInfo{
			name: c.Name, declType: storedType(c), affinity: c.Affinity, collation: strings.ToUpper(orBinary(c.Collation)),
			uniform: uniformAffinity(c.Affinity), content: contentOfAffinity(c.Affinity), notNull: c.NotNull,
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
