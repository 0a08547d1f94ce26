package planner

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// boundCore is one SELECT between compound operators.
type boundCore struct {
	rel     rel
	names   []string // not yet unique
	ids     []colID
	tree    *sqltext.Core // nil where there is no resolved text
	scope   *scope
	aliases []alias
	items   []resultItem // the select list; none for VALUES of several rows
}

// values resolves VALUES: rows of expressions without names.
func (b *binder) values(core *sqltext.Core) (*boundCore, error) {
	sc := &scope{outer: b.outer}
	out := &boundCore{scope: sc, tree: &sqltext.Core{Span: core.Span}}
	var branches []*boundCore
	for _, row := range core.Values {
		ext := &extend{in: &one{}}
		var ids []colID
		var tree []sqltext.Expr
		var selected []resultItem
		for n, e := range row {
			x, err := b.expr(e, sc, nil)
			if err != nil {
				return nil, err
			}
			if unprintable(x) {
				out.tree = nil
			}
			info := b.cols.describe(x)
			info.name = "column" + itoa(n+1)
			id := b.cols.add(info)
			ext.outs = append(ext.outs, computed{id, x})
			ids, tree, selected = append(ids, id), append(tree, x), append(selected, resultItem{expr: x})
		}
		branches = append(branches, &boundCore{rel: ext, ids: ids, items: selected})
		if out.tree != nil {
			out.tree.Values = append(out.tree.Values, tree)
		}
	}
	for n := range core.Values[0] {
		out.names = append(out.names, "column"+itoa(n+1))
	}
	if len(branches) == 1 {
		out.rel, out.ids, out.items = branches[0].rel, branches[0].ids, branches[0].items
		return out, nil
	}
	u := &unionAll{}
	for _, p := range branches {
		u.branches, u.cols = append(u.branches, p.rel), append(u.cols, p.ids)
	}
	for j := range out.names {
		u.outs = append(u.outs, b.cols.add(b.unionColumn(branches, j)))
	}
	out.rel, out.ids = u, u.outs
	return out, nil
}

// resultItem is an item of the select list after the stars are expanded.
type resultItem struct {
	name  string
	alias *sqltext.Ident
	expr  sqltext.Expr
	span  sqltext.Span
}

// core resolves one SELECT. Where only its first row counts, first is the order that says which that is.
func (b *binder) core(core *sqltext.Core, first []*sqltext.OrderTerm) (*boundCore, error) {
	if core.Values != nil {
		return b.values(core)
	}
	f, err := b.from(core.From)
	if err != nil {
		return nil, err
	}
	out := &boundCore{scope: f.scope}
	items, err := b.selectList(core, f.scope)
	if err != nil {
		return nil, err
	}
	out.items = items
	for n, i := range items {
		if i.alias != nil {
			out.aliases = append(out.aliases, alias{i.alias.Name, i.expr, n + 1})
		}
	}
	f.scope.aliases = out.aliases
	where, err := b.expr(core.Where, f.scope, out.aliases)
	if err != nil {
		return nil, err
	}
	f.block.preds = append(f.block.preds, conjuncts(where)...)
	group, groupTree, err := b.groupBy(core.GroupBy, f.scope, items, out.aliases)
	if err != nil {
		return nil, err
	}
	having, err := b.expr(core.Having, f.scope, out.aliases)
	if err != nil {
		return nil, err
	}
	if err := b.checkPushed(append(conjuncts(where), conjuncts(having)...), f.scope); err != nil {
		return nil, err
	}
	whole := f.whole && !unprintable(where) && !unprintable(having)
	for _, i := range items {
		whole = whole && !unprintable(i.expr)
	}
	for _, e := range group {
		whole = whole && !unprintable(e)
	}
	if whole {
		out.tree = &sqltext.Core{
			Span: core.Span, Distinct: core.Distinct, DistinctSpan: core.DistinctSpan, From: f.refs, Where: where,
			GroupBy: groupTree, Having: having,
		}
		for _, i := range items {
			out.tree.Columns = append(out.tree.Columns, &sqltext.ResultColumn{Span: i.span, Expr: i.expr, Alias: i.alias})
		}
	}
	exprs := make([]sqltext.Expr, len(items))
	for n, i := range items {
		exprs[n] = i.expr
		out.names = append(out.names, i.name)
	}
	order, err := b.firstRow(first, out, items)
	if err != nil {
		return nil, err
	}
	for _, k := range order {
		exprs = append(exprs, k.expr)
	}
	out.rel = f.block
	aggregated := len(group) > 0 || having != nil || len(f.scope.aggregates) > 0
	for _, e := range exprs {
		aggregated = aggregated || b.hasAggregate(e)
	}
	if aggregated {
		if out.rel, err = b.aggregation(f.block, group, exprs, having, append(out.names[:len(out.names):len(out.names)], make([]string, len(order))...), f.scope.aggregates); err != nil {
			return nil, err
		}
	}
	for n := range order {
		order[n].expr = exprs[len(items)+n]
	}
	exprs = exprs[:len(items)]
	for _, e := range exprs {
		if err := b.checkSubtypes(e); err != nil {
			return nil, err
		}
	}
	ext := &extend{in: out.rel}
	for n, e := range exprs {
		if r, ok := sqltext.Unparen(e).(*ref); ok && !r.outer {
			out.ids = append(out.ids, r.id)
			continue
		}
		info := b.cols.describe(e)
		info.name = items[n].name
		id := b.cols.add(info)
		ext.outs = append(ext.outs, computed{id, e})
		out.ids = append(out.ids, id)
	}
	for n, k := range order {
		order[n].expr = b.orderColumn(k.expr, exprs, out.ids, ext)
	}
	if ext.outs != nil {
		out.rel = ext
	}
	if core.Distinct {
		d := &distinction{in: out.rel}
		seen := colSet{}
		for _, id := range out.ids {
			if !seen.has(id) {
				seen.add(id)
				d.cols = append(d.cols, groupKey{id: id, collation: orBinary(b.cols.of(id).collation)})
			}
		}
		out.rel = d
	}
	if order != nil && !b.cols.single(out.rel, nil) {
		return out, b.first(core, out, order)
	}
	return out, nil
}

// selectList expands the stars and resolves the expressions.
func (b *binder) selectList(core *sqltext.Core, sc *scope) (items []resultItem, err error) {
	for _, r := range core.Columns {
		if r.Star || r.TableStar != nil {
			for _, i := range sc.items {
				if r.TableStar != nil && !sameName(i.name, r.TableStar.Name) {
					continue
				}
				for n, c := range i.columns {
					if c.hidden || r.Star && i.using[lower(c.name)] {
						continue
					}
					x := i.ref(n, r.Span)
					if err := b.checkColumn(x); err != nil {
						return nil, err
					}
					item := resultItem{name: c.name, expr: x, span: r.Span}
					if r.Star && sc.padded(c.name) {
						if item.expr, err = b.name(&sqltext.Column{Span: r.Span, Name: c.name}, sc, nil); err != nil {
							return nil, err
						}
					}
					items = append(items, item)
				}
			}
			continue
		}
		e, err := b.expr(r.Expr, sc, nil)
		if err != nil {
			return nil, err
		}
		items = append(items, resultItem{name: b.resultName(r, e), alias: r.Alias, expr: e, span: r.Span})
	}
	return items, nil
}

// resultName names a column of the select list (sqlite3ColumnsFromExprList).
func (b *binder) resultName(r *sqltext.ResultColumn, e sqltext.Expr) string {
	if r.Alias != nil {
		return r.Alias.Name
	}
	for {
		switch x := e.(type) {
		case *sqltext.Paren:
			e = x.X
			continue
		case *sqltext.Collate:
			e = x.X
			continue
		case *ref:
			return x.Name
		}
		return r.ExprText
	}
}

// groupBy resolves GROUP BY: an integer is a position in the select list, names are columns, then aliases. In the
// resolved text (tree) integers stay, as the stars before them are expanded.
func (b *binder) groupBy(terms []sqltext.Expr, sc *scope, items []resultItem, aliases []alias) (out, tree []sqltext.Expr, err error) {
	for _, t := range terms {
		if n, ok := ordinal(t); ok {
			if n < 1 || n > len(items) {
				return nil, nil, b.text.unsure(t.Bounds(), "GROUP BY position")
			}
			e := items[n-1].expr
			if c, ok := sqltext.Unparen(t).(*sqltext.Collate); ok {
				e = &sqltext.Collate{Span: c.Span, X: e, Name: c.Name}
			}
			out, tree = append(out, e), append(tree, t)
			continue
		}
		e, err := b.expr(t, sc, aliases)
		if err != nil {
			return nil, nil, err
		}
		out, tree = append(out, e), append(tree, e)
	}
	return out, tree, nil
}

// ordinal tells whether e is a bare integer (sqlite3ExprIsInteger, through COLLATE).
func ordinal(e sqltext.Expr) (int, bool) {
	switch e := sqltext.Unparen(e).(type) {
	case *sqltext.Literal:
		if e.Kind != sqltext.IntegerLiteral {
			return 0, false
		}
		n := 0
		for _, c := range []byte(e.Text) {
			if c < '0' || c > '9' || n > 1<<20 {
				return 0, true
			}
			n = 10*n + int(c-'0')
		}
		return n, true
	case *sqltext.Collate:
		return ordinal(e.X)
	case *sqltext.Unary:
		if e.Op == "+" {
			return ordinal(e.X)
		}
		if _, ok := ordinal(e.X); ok && e.Op == "-" {
			return 0, true
		}
	}
	return 0, false
}

// checkColumns is checkColumn of each column in e.
func (b *binder) checkColumns(e sqltext.Expr) (err error) {
	walk(e, func(e sqltext.Expr) bool {
		if r, ok := e.(*ref); ok && err == nil {
			err = b.checkColumn(r)
		}
		return err == nil
	})
	return err
}

// checkColumn refuses columns with a user-defined collation, and columns of a compound SELECT that SQLite changes on the way
// out of a subquery.
func (b *binder) checkColumn(r *ref) error {
	c := b.cols.of(r.id).collation
	if b.cols.of(r.id).coerced {
		return b.text.refuse(r.Span, "compound SELECT of REAL and other columns in a subquery", "CAST to one type in each branch")
	}
	if _, ok := dbsp.CollationNamed(c); !ok {
		return b.text.refuse(r.Span, "collation "+c+" of column "+r.Name, "only BINARY, NOCASE and RTRIM are maintained")
	}
	return nil
}
