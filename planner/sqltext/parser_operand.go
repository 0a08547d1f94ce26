package sqltext

import "strings"

// operand reads an expression without operators outside parentheses.
func (p *parser) operand() Expr {
	start := p.pos
	t := p.peek()
	switch t.Kind {
	case TokInteger, TokFloat, TokBlob:
		return p.literal(map[Kind]LiteralKind{TokInteger: IntegerLiteral, TokFloat: FloatLiteral, TokBlob: BlobLiteral}[t.Kind])
	case TokString:
		if p.peekAt(1).Kind == TokDot {
			return p.column()
		}
		return p.literal(StringLiteral)
	case TokParam:
		p.pos++
		return &Param{Span: p.since(start), Text: t.Text(p.src)}
	case TokLParen:
		return p.parens()
	case TokWord:
		switch upperASCII(t.Text(p.src)) {
		case "NULL":
			return p.literal(NullLiteral)
		case "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP":
			return p.literal(TimeLiteral)
		case "CASE":
			return p.caseExpr()
		case "CAST":
			return p.cast()
		case "RAISE":
			return p.raise()
		case "EXISTS":
			p.pos++
			sel := p.parenSelect()
			return &Exists{Span: p.since(start), Select: sel}
		}
	}
	if !p.isName(0) {
		p.fail()
	}
	if p.peekAt(1).Kind == TokLParen {
		return p.call()
	}
	return p.column()
}

func (p *parser) literal(kind LiteralKind) Expr {
	start := p.pos
	text := p.peek().Text(p.src)
	p.pos++
	return &Literal{Span: p.since(start), Kind: kind, Text: text}
}

// column reads name, table.name or schema.table.name.
func (p *parser) column() Expr {
	start := p.pos
	parts := []*Ident{p.name()}
	for len(parts) < 3 && p.acceptKind(TokDot) {
		p.qualifier(parts[len(parts)-1])
		parts = append(parts, p.name())
	}
	last := parts[len(parts)-1]
	c := &Column{Span: p.since(start), Name: last.Name, Quote: last.Quote, NameSpan: last.Span}
	if len(parts) > 1 {
		c.Table = parts[len(parts)-2].Name
	}
	if len(parts) > 2 {
		c.Schema = parts[0].Name
	}
	return c
}

// parens reads what begins with a parenthesis: a subquery, an expression, or a row value.
func (p *parser) parens() Expr {
	start := p.pos
	p.pos++
	if p.atSelect() {
		sel := p.selectStmt()
		p.expectKind(TokRParen)
		return &Subquery{Span: p.since(start), Select: sel}
	}
	items := p.exprs()
	p.expectKind(TokRParen)
	if len(items) == 1 {
		return &Paren{Span: p.since(start), X: items[0]}
	}
	return &RowValue{Span: p.since(start), Items: items}
}

func (p *parser) call() Expr {
	start := p.pos
	name := p.name()
	c := &Call{Name: name.Name, NameSpan: name.Span}
	p.expectKind(TokLParen)
	if p.peek().IsOp(p.src, "*") {
		p.pos++
		c.Star = true
	} else {
		if !p.accept("ALL") {
			c.Distinct = p.accept("DISTINCT")
		}
		if p.peek().Kind != TokRParen && !p.at("ORDER") {
			c.Args = p.exprs()
		}
		if p.at("ORDER") {
			c.OrderBy = p.orderBy()
		}
	}
	p.expectKind(TokRParen)
	p.filterOver(c)
	c.Span = p.since(start)
	return c
}

func (p *parser) caseExpr() Expr {
	start := p.pos
	p.expect("CASE")
	c := &Case{}
	if !p.at("WHEN") {
		c.Operand = p.expr(0)
	}
	for p.accept("WHEN") {
		when := p.expr(0)
		p.expect("THEN")
		c.Whens = append(c.Whens, When{When: when, Then: p.expr(0)})
	}
	if len(c.Whens) == 0 {
		p.fail()
	}
	if p.accept("ELSE") {
		c.Else = p.expr(0)
	}
	p.expect("END")
	c.Span = p.since(start)
	return c
}

func (p *parser) cast() Expr {
	start := p.pos
	p.expect("CAST")
	p.expectKind(TokLParen)
	c := &Cast{X: p.expr(0)}
	p.expect("AS")
	c.Type = p.typeName()
	p.expectKind(TokRParen)
	c.Span = p.since(start)
	return c
}

// typeName reads a type: any number of names, and up to two numbers in parentheses.
func (p *parser) typeName() string {
	var out strings.Builder
	take := func(blank bool) {
		if blank && out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(p.peek().Text(p.src))
		p.pos++
	}
	for p.isAlias() {
		take(true)
	}
	if out.Len() == 0 || p.peek().Kind != TokLParen {
		return out.String()
	}
	take(false)
	for n := 0; ; n++ {
		if t := p.peek(); t.IsOp(p.src, "+") || t.IsOp(p.src, "-") {
			take(false)
		}
		if k := p.peek().Kind; k != TokInteger && k != TokFloat {
			p.fail()
		}
		take(false)
		if n == 1 || p.peek().Kind != TokComma {
			break
		}
		take(false)
	}
	if p.peek().Kind != TokRParen {
		p.fail()
	}
	take(false)
	return out.String()
}

func (p *parser) raise() Expr {
	start := p.pos
	p.expect("RAISE")
	p.expectKind(TokLParen)
	r := &Raise{Action: upperASCII(p.peek().Text(p.src))}
	p.pos++
	switch r.Action {
	case "IGNORE":
	case "ROLLBACK", "ABORT", "FAIL":
		p.expectKind(TokComma)
		r.Message = p.expr(0)
	default:
		p.pos--
		p.fail()
	}
	p.expectKind(TokRParen)
	r.Span = p.since(start)
	return r
}
