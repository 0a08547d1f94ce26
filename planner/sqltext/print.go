package sqltext

import "strings"

// PrintOptions change what Print writes.
type PrintOptions struct {
	// Rewrite, if set, is asked before each expression (parentheses stripped) is printed; true replaces it by the text,
	// which must be an operand: a name, a literal, or something in parentheses.
	Rewrite func(Expr) (string, bool)
}

// Print returns sel as text with every operator in parentheses, so that no precedence rule plays a part when SQLite
// reads it: the same text compiled to the same program proves that sel is what SQLite read in the original. Chains of
// one of AND, OR, + and || are written flat, left to right. Literals stay verbatim.
func Print(sel *Select, opts PrintOptions) string {
	p := &printer{rewrite: opts.Rewrite}
	p.selectStmt(sel, false)
	return p.b.String()
}

// PrintExpr prints one expression as Print does. rewrite may be nil.
func PrintExpr(e Expr, rewrite func(Expr) (string, bool)) string {
	p := &printer{rewrite: rewrite}
	p.expr(e)
	return p.b.String()
}

type printer struct {
	b       strings.Builder
	rewrite func(Expr) (string, bool)
}

func (p *printer) write(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

// list calls print(i) for 0..n-1 with commas between.
func (p *printer) list(n int, print func(i int)) {
	for i := range n {
		if i > 0 {
			p.write(", ")
		}
		print(i)
	}
}

func (p *printer) exprs(es []Expr) { p.list(len(es), func(i int) { p.expr(es[i]) }) }

func (p *printer) idents(ids []*Ident) {
	p.write("(")
	p.list(len(ids), func(i int) { p.write(QuoteIdent(ids[i].Name)) })
	p.write(")")
}

// selectStmt prints s; named tells that an outer query can refer to its columns by name.
func (p *printer) selectStmt(s *Select, named bool) {
	if s.With != nil {
		p.write("WITH ")
		if s.With.Recursive {
			p.write("RECURSIVE ")
		}
		p.list(len(s.With.CTEs), func(i int) { p.cte(s.With.CTEs[i]) })
		p.write(" ")
	}
	for i, c := range s.Cores {
		if i > 0 {
			p.write(" ", s.Ops[i-1].String(), " ")
		}
		p.core(c, named && i == 0)
	}
	p.orderBy(" ", s.OrderBy)
	if s.Limit != nil {
		p.write(" LIMIT ")
		p.expr(s.Limit)
	}
	if s.Offset != nil {
		p.write(" OFFSET ")
		p.expr(s.Offset)
	}
}

func (p *printer) cte(c *CTE) {
	p.write(QuoteIdent(c.Name.Name))
	if c.Columns != nil {
		p.idents(c.Columns)
	}
	p.write([...]string{" AS ", " AS MATERIALIZED ", " AS NOT MATERIALIZED "}[c.Hint])
	p.subquery(c.Select, true)
}

func (p *printer) subquery(s *Select, named bool) {
	p.write("(")
	p.selectStmt(s, named)
	p.write(")")
}

func (p *printer) core(c *Core, named bool) {
	if c.Values != nil {
		p.write("VALUES ")
		p.list(len(c.Values), func(i int) {
			p.write("(")
			p.exprs(c.Values[i])
			p.write(")")
		})
		return
	}
	p.write("SELECT ")
	if c.Distinct {
		p.write("DISTINCT ")
	}
	p.list(len(c.Columns), func(i int) { p.resultColumn(c.Columns[i], named) })
	if c.From != nil {
		p.write(" FROM ")
		p.from(c.From)
	}
	if c.Where != nil {
		p.write(" WHERE ")
		p.expr(c.Where)
	}
	if c.GroupBy != nil {
		p.write(" GROUP BY ")
		p.exprs(c.GroupBy)
	}
	if c.Having != nil {
		p.write(" HAVING ")
		p.expr(c.Having)
	}
	if c.Windows != nil {
		p.write(" WINDOW ")
		p.list(len(c.Windows), func(i int) {
			p.write(QuoteIdent(c.Windows[i].Name.Name), " AS ")
			p.window(c.Windows[i].Window)
		})
	}
}

// resultColumn gives an unaliased expression of a named query the name that SQLite gives it by its text, which an outer
// query may use: SELECT "a+1" FROM (SELECT a+1 FROM t).
func (p *printer) resultColumn(r *ResultColumn, named bool) {
	switch {
	case r.Star:
		p.write("*")
		return
	case r.TableStar != nil:
		p.write(QuoteIdent(r.TableStar.Name), ".*")
		return
	}
	p.expr(r.Expr)
	switch {
	case r.Alias != nil:
		p.write(" AS ", QuoteIdent(r.Alias.Name))
	case named && r.ExprText != "" && !namedAsColumn(r.Expr):
		p.write(" AS ", QuoteIdent(r.ExprText))
	}
}

// namedAsColumn tells whether SQLite names an unaliased expression by the column that it is
// (sqlite3ColumnsFromExprList).
func namedAsColumn(e Expr) bool {
	for {
		switch x := Unparen(e).(type) {
		case *Column:
			return true
		case *Collate:
			e = x.X
		case *Call:
			if len(x.Args) == 0 || !isLikelyHint(x.Name) {
				return false
			}
			e = x.Args[0]
		default:
			return false
		}
	}
}

func isLikelyHint(name string) bool {
	return equalFoldASCII(name, "likely") || equalFoldASCII(name, "unlikely") || equalFoldASCII(name, "likelihood")
}

func (p *printer) from(items []*TableRef) {
	for _, t := range items {
		if t.Join != nil {
			p.write(t.Join.sql())
		}
		p.tableRef(t)
	}
}

// sql returns the operator with the blanks around it.
func (j *Join) sql() string {
	words := [...]string{", ", " JOIN ", " CROSS JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "}[j.Kind]
	if j.Natural {
		return " NATURAL" + words
	}
	return words
}

func (p *printer) tableRef(t *TableRef) {
	switch {
	case t.Subquery != nil:
		p.subquery(t.Subquery, true)
	case t.Nested != nil:
		p.write("(")
		p.from(t.Nested)
		p.write(")")
	default:
		p.tableName(t)
	}
	if t.Alias != nil {
		p.write(" AS ", QuoteIdent(t.Alias.Name))
	}
	if t.IndexedBy != nil {
		p.write(" INDEXED BY ", QuoteIdent(t.IndexedBy.Name))
	}
	if t.NotIndexed {
		p.write(" NOT INDEXED")
	}
	if t.On != nil {
		p.write(" ON ")
		p.expr(t.On)
	}
	if t.Using != nil {
		p.write(" USING ")
		p.idents(t.Using)
	}
}

func (p *printer) tableName(t *TableRef) {
	if t.Schema != "" {
		p.write(QuoteIdent(t.Schema), ".")
	}
	p.write(QuoteIdent(t.Name))
	if t.HasArgs {
		p.write("(")
		p.exprs(t.Args)
		p.write(")")
	}
}

func (p *printer) orderBy(before string, terms []*OrderTerm) {
	if terms == nil {
		return
	}
	p.write(before, "ORDER BY ")
	p.list(len(terms), func(i int) {
		p.expr(terms[i].Expr)
		p.write([...]string{"", " ASC", " DESC"}[terms[i].Order])
		p.write([...]string{"", " NULLS FIRST", " NULLS LAST"}[terms[i].Nulls])
	})
}
