package sqltext

// filterOver reads the FILTER and OVER clauses after a call. Both words are plain identifiers (an alias, say) unless what
// follows makes them keywords: analyzeFilterKeyword and analyzeOverKeyword of tokenize.c.
func (p *parser) filterOver(c *Call) {
	if p.at("FILTER") && p.peekAt(1).Kind == TokLParen {
		p.pos += 2
		p.expect("WHERE")
		c.Filter = p.expr(0)
		p.expectKind(TokRParen)
	}
	if !p.at("OVER") {
		return
	}
	if p.peekAt(1).Kind == TokLParen {
		p.pos++
		c.Over = p.window()
	} else if p.isName(1) {
		p.pos++
		start := p.pos
		c.Over = &Window{Name: p.name()}
		c.Over.Span = p.since(start)
	}
}

func (p *parser) namedWindow() *NamedWindow {
	start := p.pos
	w := &NamedWindow{Name: p.name()}
	p.expect("AS")
	w.Window = p.window()
	w.Span = p.since(start)
	return w
}

// window reads ( [base] [PARTITION BY …] [ORDER BY …] [frame] ).
func (p *parser) window() *Window {
	start := p.pos
	w := &Window{}
	p.expectKind(TokLParen)
	if !p.at("PARTITION") && !p.at("ORDER") && !p.atFrame() && p.peek().Kind != TokRParen {
		w.Base = p.name()
	}
	if p.accept("PARTITION") {
		p.expect("BY")
		w.PartitionBy = p.exprs()
	}
	if p.at("ORDER") {
		w.OrderBy = p.orderBy()
	}
	if p.atFrame() {
		w.Frame = p.frame()
	}
	p.expectKind(TokRParen)
	w.Span = p.since(start)
	return w
}

func (p *parser) atFrame() bool { return p.at("RANGE") || p.at("ROWS") || p.at("GROUPS") }

func (p *parser) frame() *Frame {
	start := p.pos
	f := &Frame{Mode: upperASCII(p.peek().Text(p.src))}
	p.pos++
	if p.accept("BETWEEN") {
		f.Between = true
		f.From = p.frameBound()
		p.expect("AND")
		f.To = p.frameBound()
	} else {
		f.From = p.frameBound()
	}
	if p.accept("EXCLUDE") {
		switch {
		case p.accept("NO"):
			p.expect("OTHERS")
			f.Exclude = "NO OTHERS"
		case p.accept("CURRENT"):
			p.expect("ROW")
			f.Exclude = "CURRENT ROW"
		case p.accept("GROUP"):
			f.Exclude = "GROUP"
		default:
			p.expect("TIES")
			f.Exclude = "TIES"
		}
	}
	f.Span = p.since(start)
	return f
}

func (p *parser) frameBound() *FrameBound {
	start := p.pos
	b := &FrameBound{}
	switch {
	case p.accept("CURRENT"):
		p.expect("ROW")
		b.Kind = "CURRENT ROW"
	case p.accept("UNBOUNDED"):
		b.Kind = "UNBOUNDED " + p.direction()
	default:
		b.Expr = p.expr(0)
		b.Kind = p.direction()
	}
	b.Span = p.since(start)
	return b
}

func (p *parser) direction() string {
	if p.accept("PRECEDING") {
		return "PRECEDING"
	}
	p.expect("FOLLOWING")
	return "FOLLOWING"
}
