package sqltext

// Precedence levels, loosest first, as parse.y declares them (https://www.sqlite.org/lang_expr.html section 2). ESCAPE has
// a level of its own there, above the comparisons; like reads it.
const (
	levelOr = iota + 1
	levelAnd
	levelNot // prefix NOT
	levelEqual
	levelCompare
	levelBit
	levelAdd
	levelMul
	levelConcat
	levelCollate
)

var operatorLevels = map[string]int{
	"=": levelEqual, "==": levelEqual, "<>": levelEqual, "!=": levelEqual,
	"<": levelCompare, "<=": levelCompare, ">": levelCompare, ">=": levelCompare,
	"&": levelBit, "|": levelBit, "<<": levelBit, ">>": levelBit,
	"+": levelAdd, "-": levelAdd,
	"*": levelMul, "/": levelMul, "%": levelMul,
	"||": levelConcat, "->": levelConcat, "->>": levelConcat,
}

// expr reads an expression whose operators bind at least as tightly as level min (0: any).
func (p *parser) expr(min int) Expr {
	p.enter()
	defer p.leave()
	start := p.pos
	left := p.prefix()
	for n := 0; ; n++ {
		level := p.infixLevel()
		if level == 0 || level < min {
			return left
		}
		if n == maxChain {
			p.failAt(p.peek().Start, "the expression has too many operators")
		}
		left = p.infix(left, start, level)
	}
}

// exprs reads one or more expressions separated by commas.
func (p *parser) exprs() []Expr {
	out := []Expr{p.expr(0)}
	for p.acceptKind(TokComma) {
		out = append(out, p.expr(0))
	}
	return out
}

// infixLevel returns the level of the infix or postfix operator that comes next, 0 when there is none.
func (p *parser) infixLevel() int {
	t := p.peek()
	switch t.Kind {
	case TokOperator:
		return operatorLevels[t.Text(p.src)]
	case TokWord:
	default:
		return 0
	}
	switch upperASCII(t.Text(p.src)) {
	case "OR":
		return levelOr
	case "AND":
		return levelAnd
	case "IS", "IN", "LIKE", "GLOB", "REGEXP", "MATCH", "BETWEEN", "ISNULL", "NOTNULL":
		return levelEqual
	case "NOT":
		// As an infix NOT begins NOT NULL, NOT IN and the like; NOT INDEXED belongs to FROM.
		switch next := p.peekAt(1); {
		case next.Is(p.src, "NULL"), next.Is(p.src, "IN"), next.Is(p.src, "BETWEEN"), p.isLikeWord(1):
			return levelEqual
		}
	case "COLLATE":
		return levelCollate
	}
	return 0
}

func (p *parser) isLikeWord(n int) bool {
	return p.atNext(n, "LIKE") || p.atNext(n, "GLOB") || p.atNext(n, "REGEXP") || p.atNext(n, "MATCH")
}

// infix reads an operator of the given level and what follows it; start is where left began.
func (p *parser) infix(left Expr, start, level int) Expr {
	t := p.peek()
	if level != levelEqual || t.Kind == TokOperator {
		return p.binary(left, start, level)
	}
	switch {
	case p.accept("ISNULL"):
		return &IsNull{Span: p.since(start), X: left}
	case p.accept("NOTNULL"):
		return &IsNull{Span: p.since(start), X: left, Not: true}
	case p.accept("IS"):
		e := &Is{L: left, Not: p.accept("NOT")}
		if p.accept("DISTINCT") {
			p.expect("FROM")
			e.DistinctFrom = true
		}
		e.R = p.expr(levelEqual + 1)
		e.Span = p.since(start)
		return e
	}
	not := p.accept("NOT")
	switch {
	case not && p.accept("NULL"):
		return &IsNull{Span: p.since(start), X: left, Not: true}
	case p.accept("BETWEEN"):
		return p.between(left, start, not)
	case p.accept("IN"):
		return p.in(left, start, not)
	}
	return p.like(left, start, not)
}

func (p *parser) binary(left Expr, start, level int) Expr {
	op := upperASCII(p.peek().Text(p.src))
	p.pos++
	switch op {
	case "COLLATE":
		if p.peek().Kind == TokWord && joinWords[upperASCII(p.peek().Text(p.src))] {
			p.fail()
		}
		name := p.name()
		return &Collate{Span: p.since(start), X: left, Name: name.Name}
	case "==":
		op = "="
	case "!=":
		op = "<>"
	}
	right := p.expr(level + 1)
	return &Binary{Span: p.since(start), Op: op, L: left, R: right}
}

// between reads what follows BETWEEN. The lower bound stops at the first AND, which is why it is not a plain operand.
func (p *parser) between(left Expr, start int, not bool) Expr {
	low := p.expr(levelNot)
	p.expect("AND")
	high := p.expr(levelEqual + 1)
	return &Between{Span: p.since(start), X: left, Low: low, High: high, Not: not}
}

func (p *parser) like(left Expr, start int, not bool) Expr {
	if !p.isLikeWord(0) {
		p.fail()
	}
	e := &Like{X: left, Op: upperASCII(p.peek().Text(p.src)), Not: not}
	p.pos++
	e.Pattern = p.expr(levelEqual + 1)
	if p.accept("ESCAPE") {
		e.Escape = p.expr(levelEqual + 1)
	}
	e.Span = p.since(start)
	return e
}

func (p *parser) in(left Expr, start int, not bool) Expr {
	e := &In{X: left, Not: not}
	if p.peek().Kind != TokLParen {
		at := p.pos
		e.Table = &TableRef{}
		p.tableName(e.Table)
		if p.acceptKind(TokLParen) {
			e.Table.HasArgs = true
			if p.peek().Kind != TokRParen {
				e.Table.Args = p.exprs()
			}
			p.expectKind(TokRParen)
		}
		e.Table.Span = p.since(at)
		e.Span = p.since(start)
		return e
	}
	p.pos++
	switch {
	case p.atSelect():
		e.Select = p.selectStmt()
	case p.peek().Kind != TokRParen:
		e.List = p.exprs()
	}
	p.expectKind(TokRParen)
	e.Span = p.since(start)
	return e
}

// prefix reads prefix operators and the operand that they apply to. + - and ~ bind tighter than any infix operator; NOT
// takes in all that binds tighter than NOT, whatever stands before it: 2 * NOT a = b is 2 * (NOT (a = b)).
func (p *parser) prefix() Expr {
	start := p.pos
	t := p.peek()
	switch {
	case t.IsOp(p.src, "-"), t.IsOp(p.src, "+"), t.IsOp(p.src, "~"):
		p.enter()
		defer p.leave()
		p.pos++
		x := p.prefix()
		return &Unary{Span: p.since(start), Op: t.Text(p.src), X: x}
	case t.Is(p.src, "NOT"):
		p.pos++
		x := p.expr(levelNot + 1)
		return &Unary{Span: p.since(start), Op: "NOT", X: x}
	}
	return p.operand()
}
