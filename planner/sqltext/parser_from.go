package sqltext

// from reads what follows FROM, or what stands between the parentheses of a nested join.
func (p *parser) from() []*TableRef {
	p.enter()
	defer p.leave()
	var out []*TableRef
	for {
		var join *Join
		if len(out) > 0 {
			if join = p.joinOp(); join == nil {
				return out
			}
		}
		out = append(out, p.tableRef(join))
	}
}

// The bits of sqlite3JoinType (select.c).
const (
	jtInner = 1 << iota
	jtCross
	jtNatural
	jtLeft
	jtRight
	jtOuter
)

var joinBits = map[string]int{
	"NATURAL": jtNatural, "LEFT": jtLeft | jtOuter, "OUTER": jtOuter, "RIGHT": jtRight | jtOuter,
	"FULL": jtLeft | jtRight | jtOuter, "INNER": jtInner, "CROSS": jtInner | jtCross,
}

// joinOp reads a join operator: a comma, JOIN, or up to three join words in any order and JOIN. It returns nil when the
// next token begins none.
func (p *parser) joinOp() *Join {
	start := p.pos
	bits := 0
	switch {
	case p.acceptKind(TokComma):
		return &Join{Span: p.since(start), Kind: CommaJoin}
	case p.accept("JOIN"):
		return &Join{Span: p.since(start), Kind: InnerJoin}
	case p.joinBits() == 0:
		return nil
	}
	for !p.at("JOIN") {
		b := p.joinBits()
		if b == 0 || p.pos-start == 3 {
			p.fail()
		}
		bits |= b
		p.pos++
	}
	p.pos++
	j := &Join{Span: p.since(start), Natural: bits&jtNatural != 0}
	switch {
	case bits&jtInner != 0 && bits&jtOuter != 0, bits&(jtOuter|jtLeft|jtRight) == jtOuter:
		p.failAt(j.Start, "unknown join type: "+j.Text(p.src))
	case bits&jtLeft != 0 && bits&jtRight != 0:
		j.Kind = FullJoin
	case bits&jtLeft != 0:
		j.Kind = LeftJoin
	case bits&jtRight != 0:
		j.Kind = RightJoin
	case bits&jtCross != 0:
		j.Kind = CrossJoin
	default:
		j.Kind = InnerJoin
	}
	return j
}

func (p *parser) joinBits() int {
	if t := p.peek(); t.Kind == TokWord {
		return joinBits[upperASCII(t.Text(p.src))]
	}
	return 0
}

func (p *parser) tableRef(join *Join) *TableRef {
	start := p.pos
	t := &TableRef{Join: join}
	if p.peek().Kind == TokLParen {
		p.pos++
		if p.atSelect() {
			t.Subquery = p.selectStmt()
		} else {
			t.Nested = p.from()
		}
		p.expectKind(TokRParen)
	} else {
		p.tableName(t)
		if p.acceptKind(TokLParen) {
			t.HasArgs = true
			if p.peek().Kind != TokRParen {
				t.Args = p.exprs()
			}
			p.expectKind(TokRParen)
		}
	}
	t.Alias = p.alias()
	switch {
	case p.at("INDEXED") && p.atNext(1, "BY"):
		p.pos += 2
		t.IndexedBy = p.name()
	case p.at("NOT") && p.atNext(1, "INDEXED"):
		p.pos += 2
		t.NotIndexed = true
	}
	if join != nil {
		p.onUsing(t)
	}
	t.Span = p.since(start)
	return t
}

// tableName reads [schema.]name into t.
func (p *parser) tableName(t *TableRef) {
	start := p.pos
	name := p.name()
	if p.acceptKind(TokDot) {
		p.qualifier(name)
		t.Schema = name.Name
		name = p.name()
	}
	t.Name, t.NameSpan = name.Name, p.since(start)
	if t.Name == "" {
		p.failAt(name.Start, "a table without a name is not supported")
	}
}

// qualifier refuses the empty name before a dot: in the tree "" stands for a qualifier that is not given.
func (p *parser) qualifier(id *Ident) {
	if id.Name == "" {
		p.failAt(id.Start, "an empty name before a dot is not supported")
	}
}

func (p *parser) onUsing(t *TableRef) {
	start := p.pos
	switch {
	case p.accept("ON"):
		t.On = p.expr(0)
	case p.accept("USING"):
		t.Using = p.names()
		t.UsingSpan = p.since(start)
	}
}
