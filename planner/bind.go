package planner

import (
	"fmt"
	"strconv"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

func itoa(n int) string { return strconv.Itoa(n) }

// binder resolves names as SQLite does, and builds the logical plan and the resolved text.
type binder struct {
	cat        Catalog
	schema     string // of the view
	text       *text
	cols       *columns
	aggregates map[*sqltext.Call]bool
	ctes       *cteScope
	numbers    *int            // of aliases in resolved texts
	expanding  map[string]bool // plain views being expanded
	foreign    bool            // what is at hand is the text of a view of another schema
	merging    bool            // see mergeColumns
	merges     *bool           // whether there is something to merge
	firstOf    *sqltext.Select // of which only the first row counts
	anyOf      *sqltext.Select // of which any row will do, or the first
	outer      *scope          // of the query around the one at hand, nil when there is none
}

// boundSelect is a SELECT that was resolved.
type boundSelect struct {
	rel   rel
	names []string // unique
	ids   []colID
	// tree is the resolved text; nil where it can't be written with resolved names.
	tree *sqltext.Select
	// last are the affinities of what the last branch of a compound selects.
	last []Affinity
	// order is the ORDER BY of a simple SELECT, resolved.
	order []*sqltext.OrderTerm
}

// alias is a name that a select list gives.
type alias struct {
	name     string
	expr     sqltext.Expr
	position int // 1-based
}

func (b *binder) printName() string {
	*b.numbers++
	return "r" + itoa(*b.numbers)
}

// selectStmt resolves s. Its ORDER BY has no meaning for a multiset, it only goes into the resolved text.
func (b *binder) selectStmt(s *sqltext.Select) (_ *boundSelect, err error) {
	outer := b.ctes
	if s.With != nil {
		b.ctes = newCTEScope(s.With, outer)
		b.ctes.query = b.outer
	}
	tree := &sqltext.Select{Span: s.Span, Ops: s.Ops, OpSpans: s.OpSpans, Limit: s.Limit, Offset: s.Offset}
	out := &boundSelect{tree: tree}
	var parts []*boundCore
	for _, core := range s.Cores {
		var first []*sqltext.OrderTerm
		if b.firstOf == s && len(s.Cores) == 1 {
			first = s.OrderBy
		}
		p, err := b.core(core, first)
		if err != nil {
			return nil, err
		}
		if len(s.Cores) == 1 {
			if tree.OrderBy, err = b.orderBy(s.OrderBy, p); err != nil {
				return nil, err
			}
			out.order = tree.OrderBy
		}
		parts = append(parts, p)
		tree.Cores = append(tree.Cores, p.tree)
	}
	if s.With != nil {
		tree.With = b.ctes.resolved()
		b.ctes = outer
	}
	if len(parts) == 1 {
		out.rel, out.ids = parts[0].rel, parts[0].ids
	} else {
		if out.rel, out.ids, err = b.compound(s, parts); err != nil {
			return nil, err
		}
		for _, id := range parts[len(parts)-1].ids {
			out.last = append(out.last, b.cols.of(id).affinity)
		}
		if err := b.compoundOrder(s, parts, out); err != nil {
			return nil, err
		}
	}
	if err := b.checkLimit(s, out.rel); err != nil {
		return nil, err
	}
	for _, p := range parts {
		if p.tree == nil {
			out.tree = nil
		}
	}
	out.names = uniqueNames(parts[0].names)
	if out.tree != nil {
		for i, c := range parts[0].tree.Columns {
			c.Alias = &sqltext.Ident{Name: out.names[i], Quote: '"'}
		}
	}
	return out, nil
}

// orderBy resolves the ORDER BY of a simple SELECT for the resolved text: a bare alias, else columns, then aliases.
func (b *binder) orderBy(terms []*sqltext.OrderTerm, p *boundCore) ([]*sqltext.OrderTerm, error) {
	var out []*sqltext.OrderTerm
	for _, t := range terms {
		c := *t
		if n := p.position(t.Expr); n > 0 {
			c.Expr = position(n)
		} else if _, ok := ordinal(t.Expr); !ok {
			e, err := b.expr(t.Expr, p.scope, p.aliases)
			if err != nil {
				return nil, err
			}
			c.Expr = e
		}
		out = append(out, &c)
	}
	return out, nil
}

// position returns the 1-based position of the result column whose alias e is, 0 when it is none.
func (p *boundCore) position(e sqltext.Expr) int {
	c, ok := sqltext.Unparen(e).(*sqltext.Column)
	if !ok || c.Table != "" {
		return 0
	}
	for _, a := range p.aliases {
		if sameName(a.name, c.Name) {
			return a.position
		}
	}
	return 0
}

func position(n int) sqltext.Expr {
	return &sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: itoa(n)}
}

// expr resolves the names in e against sc, then against aliases.
func (b *binder) expr(e sqltext.Expr, sc *scope, aliases []alias) (sqltext.Expr, error) {
	if e == nil {
		return nil, nil
	}
	switch x := e.(type) {
	case *sqltext.Column:
		return b.name(x, sc, aliases)
	case *sqltext.Exists:
		return b.exists(x, sc)
	case *sqltext.Subquery:
		return b.scalar(x, sc)
	case *sqltext.In:
		if x.Select != nil || x.Table != nil {
			return b.in(x, sc, aliases)
		}
	}
	out, err := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return b.expr(x, sc, aliases) })
	if err != nil {
		return nil, err
	}
	if call, ok := e.(*sqltext.Call); ok && b.aggregates[call] {
		b.aggregates[out.(*sqltext.Call)] = true
		return b.placeAggregate(out.(*sqltext.Call), sc), nil
	}
	return out, b.checkMixed(out)
}

func (b *binder) name(c *sqltext.Column, sc *scope, aliases []alias) (sqltext.Expr, error) {
	found, ambiguous := sc.column(c)
	if ambiguous {
		return nil, b.text.unsure(c.Span, fmt.Sprintf("column %s is ambiguous", c.Name))
	}
	if found != nil {
		return found, b.checkColumns(found)
	}
	if r, isRowid := sc.rowid(c); r != nil {
		return r, nil
	} else if isRowid {
		return nil, b.text.refuse(c.Span, c.Name+" of a table without INTEGER PRIMARY KEY", "VACUUM renumbers it; declare an INTEGER PRIMARY KEY")
	}
	if c.Table == "" {
		for _, a := range aliases {
			if sameName(a.name, c.Name) {
				// SQLite tells a subquery from another of the same text, so the resolved text spells it by the alias too.
				if hasSubquery(a.expr) {
					return &sqltext.Paren{Span: c.Span, X: a.expr, Alias: c}, nil
				}
				return a.expr, nil
			}
		}
	}
	if sc.outer != nil {
		return b.outerName(c, sc)
	}
	if c.Table == "" {
		if c.DoubleQuoted() {
			return &sqltext.Literal{Span: c.Span, Kind: sqltext.StringLiteral, Text: sqltext.QuoteString(c.Name)}, nil
		}
		if c.IsBoolean() {
			return c, nil
		}
	}
	return nil, b.text.unsure(c.Span, fmt.Sprintf("can't find column %s", c.Name))
}
