package sqltext

// expr prints an expression as an operand: what is not one by itself goes in parentheses.
func (p *printer) expr(e Expr) {
	if a, ok := e.(*Paren); ok && a.Alias != nil && p.rewritten(a) {
		return
	}
	e = Unparen(e)
	if p.rewritten(e) {
		return
	}
	switch e := e.(type) {
	case *Literal:
		p.write(e.Text)
	case *Param:
		p.write(e.Text)
	case *Column:
		p.column(e)
	case *Unary:
		p.unary(e)
	case *Binary:
		p.write("(")
		p.binary(e)
		p.write(")")
	case *Case:
		p.caseExpr(e)
	case *Cast:
		p.write("CAST(")
		p.expr(e.X)
		p.write(" AS ", e.Type, ")")
	case *Call:
		p.call(e)
	case *Exists:
		p.write("EXISTS ")
		p.subquery(e.Select, false)
	case *Subquery:
		p.subquery(e.Select, false)
	case *Raise:
		p.write("RAISE(", e.Action)
		if e.Message != nil {
			p.write(", ")
			p.expr(e.Message)
		}
		p.write(")")
	case *RowValue:
		p.write("(")
		p.exprs(e.Items)
		p.write(")")
	default:
		p.write("(")
		p.test(e)
		p.write(")")
	}
}

func (p *printer) rewritten(e Expr) bool {
	if p.rewrite == nil {
		return false
	}
	text, ok := p.rewrite(e)
	if ok {
		p.write(text)
	}
	return ok
}

// test prints the tests, the operators of words.
func (p *printer) test(e Expr) {
	switch e := e.(type) {
	case *IsNull:
		p.expr(e.X)
		p.write([...]string{" ISNULL", " NOTNULL"}[boolIndex(e.Not)])
	case *Is:
		p.expr(e.L)
		p.write(" IS ", notWord(e.Not))
		if e.DistinctFrom {
			p.write("DISTINCT FROM ")
		}
		p.expr(e.R)
	case *Between:
		p.expr(e.X)
		p.write(" ", notWord(e.Not), "BETWEEN ")
		p.expr(e.Low)
		p.write(" AND ")
		p.expr(e.High)
	case *In:
		p.in(e)
	case *Like:
		p.expr(e.X)
		p.write(" ", notWord(e.Not), e.Op, " ")
		p.expr(e.Pattern)
		if e.Escape != nil {
			p.write(" ESCAPE ")
			p.expr(e.Escape)
		}
	case *Collate:
		p.expr(e.X)
		p.write(" COLLATE ", QuoteIdent(e.Name))
	}
}

func boolIndex(b bool) int {
	if b {
		return 1
	}
	return 0
}

func notWord(not bool) string { return [...]string{"", "NOT "}[boolIndex(not)] }

// column quotes the name with the same effect as the original: only "name" may fall back to a string, and only a bare
// name may be TRUE or FALSE.
func (p *printer) column(c *Column) {
	if c.Schema != "" {
		p.write(QuoteIdent(c.Schema), ".")
	}
	if c.Table != "" {
		p.write(QuoteIdent(c.Table), ".")
	}
	switch {
	case c.Quote == 0 && isBareName(c.Name):
		p.write(c.Name)
	case c.Quote == '"':
		p.write(quoteWith(c.Name, '"'))
	default:
		p.write(quoteWith(c.Name, '`'))
	}
}

func (p *printer) unary(e *Unary) {
	p.write("(", e.Op)
	if _, ok := Unparen(e.X).(*Literal); e.Op == "NOT" || !ok {
		p.write(" ") // so that no -- begins a comment, whatever a rewrite returns
	}
	p.expr(e.X)
	p.write(")")
}

// binary prints without the outer parentheses. A chain of one associative operator is flat: `a OR b OR c` of a thousand
// terms must not need a thousand parentheses, which older SQLite can't parse.
func (p *printer) binary(e *Binary) {
	l, ok := Unparen(e.L).(*Binary)
	if a, is := e.L.(*Paren); is && a.Alias != nil {
		ok = false
	}
	if ok && l.Op == e.Op && (e.Op == "OR" || e.Op == "AND" || e.Op == "||" || e.Op == "+") {
		if !p.rewritten(l) {
			p.binary(l)
		}
	} else {
		p.expr(e.L)
	}
	p.write(" ", e.Op, " ")
	p.expr(e.R)
}

func (p *printer) in(e *In) {
	p.expr(e.X)
	p.write(" ", notWord(e.Not), "IN ")
	switch {
	case e.Select != nil:
		p.subquery(e.Select, false)
	case e.Table != nil:
		p.tableName(e.Table)
	default:
		p.write("(")
		p.exprs(e.List)
		p.write(")")
	}
}

func (p *printer) caseExpr(e *Case) {
	p.write("CASE")
	if e.Operand != nil {
		p.write(" ")
		p.expr(e.Operand)
	}
	for _, w := range e.Whens {
		p.write(" WHEN ")
		p.expr(w.When)
		p.write(" THEN ")
		p.expr(w.Then)
	}
	if e.Else != nil {
		p.write(" ELSE ")
		p.expr(e.Else)
	}
	p.write(" END")
}

// callable are the keywords that are functions too and may stand bare before a parenthesis.
var callable = words("GLOB IF LEFT LIKE MATCH REGEXP REPLACE RIGHT")

func (p *printer) call(e *Call) {
	if callable[upperASCII(e.Name)] {
		p.write(e.Name)
	} else {
		p.write(QuoteIdent(e.Name))
	}
	p.write("(")
	if e.Star {
		p.write("*")
	}
	if e.Distinct {
		p.write("DISTINCT ")
	}
	p.exprs(e.Args)
	p.orderBy(" ", e.OrderBy)
	p.write(")")
	if e.Filter != nil {
		p.write(" FILTER (WHERE ")
		p.expr(e.Filter)
		p.write(")")
	}
	if e.Over != nil {
		p.write(" OVER ")
		p.window(e.Over)
	}
}

func (p *printer) window(w *Window) {
	if w.Name != nil {
		p.write(QuoteIdent(w.Name.Name))
		return
	}
	p.write("(")
	blank := ""
	if w.Base != nil {
		p.write(QuoteIdent(w.Base.Name))
		blank = " "
	}
	if w.PartitionBy != nil {
		p.write(blank, "PARTITION BY ")
		p.exprs(w.PartitionBy)
		blank = " "
	}
	if w.OrderBy != nil {
		p.orderBy(blank, w.OrderBy)
		blank = " "
	}
	if w.Frame != nil {
		p.write(blank)
		p.frame(w.Frame)
	}
	p.write(")")
}

func (p *printer) frame(f *Frame) {
	p.write(f.Mode, " ")
	if f.Between {
		p.write("BETWEEN ")
		p.bound(f.From)
		p.write(" AND ")
		p.bound(f.To)
	} else {
		p.bound(f.From)
	}
	if f.Exclude != "" {
		p.write(" EXCLUDE ", f.Exclude)
	}
}

func (p *printer) bound(b *FrameBound) {
	if b.Expr != nil {
		p.expr(b.Expr)
		p.write(" ")
	}
	p.write(b.Kind)
}
