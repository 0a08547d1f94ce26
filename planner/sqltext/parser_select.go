package sqltext

import "strings"

// ParseSelect reads one SELECT, VALUES or WITH … SELECT; semicolons may stand around it. It reads all that SQLite reads; text
// that SQLite refuses may be read too, so let SQLite compile it first. Errors are *SyntaxError.
func ParseSelect(src string) (*Select, error) {
	p := newParser(src)
	var sel *Select
	err := p.run(func() {
		p.skipSemicolons()
		sel = p.selectStmt()
		p.skipSemicolons()
		p.expectEnd()
	})
	if err != nil {
		return nil, err
	}
	return sel, nil
}

// ParseExpr reads one expression. Errors are *SyntaxError.
func ParseExpr(src string) (Expr, error) {
	p := newParser(src)
	var e Expr
	err := p.run(func() {
		e = p.expr(0)
		p.expectEnd()
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (p *parser) skipSemicolons() {
	for p.acceptKind(TokSemicolon) {
	}
}

func (p *parser) atSelect() bool { return p.at("SELECT") || p.at("VALUES") || p.at("WITH") }

func (p *parser) selectStmt() *Select {
	p.enter()
	defer p.leave()
	start := p.pos
	s := &Select{}
	if p.at("WITH") {
		s.With = p.with()
	}
	s.Cores = append(s.Cores, p.core())
	for {
		at := p.pos
		op, ok := p.compoundOp()
		if !ok {
			break
		}
		s.Ops = append(s.Ops, op)
		s.OpSpans = append(s.OpSpans, p.since(at))
		s.Cores = append(s.Cores, p.core())
	}
	if p.at("ORDER") {
		s.OrderBy = p.orderBy()
	}
	if p.accept("LIMIT") {
		s.Limit = p.expr(0)
		if p.accept("OFFSET") {
			s.Offset = p.expr(0)
		} else if p.acceptKind(TokComma) {
			s.Offset, s.Limit = s.Limit, p.expr(0)
		}
	}
	s.Span = p.since(start)
	return s
}

func (p *parser) compoundOp() (CompoundOp, bool) {
	switch {
	case p.accept("UNION"):
		if p.accept("ALL") {
			return UnionAll, true
		}
		return Union, true
	case p.accept("INTERSECT"):
		return Intersect, true
	case p.accept("EXCEPT"):
		return Except, true
	}
	return 0, false
}

func (p *parser) with() *With {
	start := p.pos
	p.expect("WITH")
	w := &With{}
	// RECURSIVE is always the keyword here, as SQLite falls back to a name only where the keyword has no use.
	w.Recursive = p.accept("RECURSIVE")
	for {
		w.CTEs = append(w.CTEs, p.cte())
		if !p.acceptKind(TokComma) {
			break
		}
	}
	w.Span = p.since(start)
	return w
}

func (p *parser) cte() *CTE {
	start := p.pos
	c := &CTE{Name: p.name()}
	if p.peek().Kind == TokLParen {
		c.Columns = p.names()
	}
	p.expect("AS")
	switch {
	case p.accept("MATERIALIZED"):
		c.Hint = Materialized
	case p.accept("NOT"):
		p.expect("MATERIALIZED")
		c.Hint = NotMaterialized
	}
	c.Select = p.parenSelect()
	c.Span = p.since(start)
	return c
}

// parenSelect reads ( select ).
func (p *parser) parenSelect() *Select {
	p.expectKind(TokLParen)
	s := p.selectStmt()
	p.expectKind(TokRParen)
	return s
}

func (p *parser) core() *Core {
	start := p.pos
	c := &Core{}
	if p.accept("VALUES") {
		for {
			p.expectKind(TokLParen)
			c.Values = append(c.Values, p.exprs())
			p.expectKind(TokRParen)
			if !p.acceptKind(TokComma) {
				break
			}
		}
		c.Span = p.since(start)
		return c
	}
	p.expect("SELECT")
	if p.at("DISTINCT") {
		c.Distinct, c.DistinctSpan = true, Span{p.peek().Start, p.peek().End}
		p.pos++
	} else {
		p.accept("ALL")
	}
	for {
		c.Columns = append(c.Columns, p.resultColumn())
		if !p.acceptKind(TokComma) {
			break
		}
	}
	if p.accept("FROM") {
		c.From = p.from()
	}
	if p.accept("WHERE") {
		c.Where = p.expr(0)
	}
	if p.accept("GROUP") {
		p.expect("BY")
		c.GroupBy = p.exprs()
	}
	if p.accept("HAVING") {
		c.Having = p.expr(0)
	}
	if p.isWindowClause(0) {
		p.pos++
		for {
			c.Windows = append(c.Windows, p.namedWindow())
			if !p.acceptKind(TokComma) {
				break
			}
		}
	}
	c.Span = p.since(start)
	return c
}

func (p *parser) resultColumn() *ResultColumn {
	start := p.pos
	r := &ResultColumn{}
	switch {
	case p.peek().IsOp(p.src, "*"):
		p.pos++
		r.Star = true
	case p.isName(0) && p.peekAt(1).Kind == TokDot && p.peekAt(2).IsOp(p.src, "*"):
		r.TableStar = p.name()
		p.pos += 2
	default:
		r.Expr = p.expr(0)
		r.ExprText = strings.Trim(p.src[p.toks[start].Start:p.peek().Start], " \t\n\v\f\r")
		r.Alias = p.alias()
	}
	r.Span = p.since(start)
	return r
}

// alias reads [AS] alias, nil when there is none.
func (p *parser) alias() *Ident {
	if p.accept("AS") {
		return p.name()
	}
	if p.isAlias() {
		return p.name()
	}
	return nil
}

// orderBy reads ORDER BY term, ….
func (p *parser) orderBy() []*OrderTerm {
	p.expect("ORDER")
	p.expect("BY")
	var out []*OrderTerm
	for {
		start := p.pos
		t := &OrderTerm{Expr: p.expr(0)}
		switch {
		case p.accept("ASC"):
			t.Order = Asc
		case p.accept("DESC"):
			t.Order = Desc
		}
		if p.accept("NULLS") {
			if p.accept("FIRST") {
				t.Nulls = NullsFirst
			} else {
				p.expect("LAST")
				t.Nulls = NullsLast
			}
		}
		t.Span = p.since(start)
		out = append(out, t)
		if !p.acceptKind(TokComma) {
			return out
		}
	}
}
