package sqltext

import "fmt"

// SyntaxError tells where a text could not be read. The message is worded as SQLite's, for the user sees it as such.
type SyntaxError struct {
	Offset int // byte offset into the text
	Msg    string
}

// Error returns the message.
func (e *SyntaxError) Error() string { return e.Msg }

// tokEnd is the kind of the token after the last.
const tokEnd Kind = 255

// maxDepth bounds the nesting of parentheses, subqueries and prefix operators, maxChain the operators of one level that
// follow each other. SQLite's own default for the height of an expression is 1000.
const (
	maxDepth = 3000
	maxChain = 20000
)

// parser reads tokens without blanks. It bails out by panicking with a *SyntaxError, which run turns into an error.
type parser struct {
	src   string
	toks  []Token
	pos   int
	depth int
}

func newParser(src string) *parser {
	p := &parser{src: src}
	for at := 0; at < len(src); {
		t := Next(src, at)
		at = t.End
		if !t.Blank() {
			p.toks = append(p.toks, t)
		}
	}
	return p
}

// run calls read and returns the error that it bailed out with.
func (p *parser) run(read func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *SyntaxError:
			err = r
		default:
			panic(r)
		}
	}()
	read()
	return nil
}

func (p *parser) peek() Token { return p.peekAt(0) }

func (p *parser) peekAt(n int) Token {
	if i := p.pos + n; i >= 0 && i < len(p.toks) {
		return p.toks[i]
	}
	return Token{tokEnd, len(p.src), len(p.src)}
}

// at tells whether the next token is the keyword word.
func (p *parser) at(word string) bool { return p.peek().Is(p.src, word) }

func (p *parser) atNext(n int, word string) bool { return p.peekAt(n).Is(p.src, word) }

func (p *parser) accept(word string) bool {
	if !p.at(word) {
		return false
	}
	p.pos++
	return true
}

func (p *parser) acceptKind(k Kind) bool {
	if p.peek().Kind != k {
		return false
	}
	p.pos++
	return true
}

func (p *parser) expect(word string) {
	if !p.accept(word) {
		p.fail()
	}
}

func (p *parser) expectKind(k Kind) {
	if !p.acceptKind(k) {
		p.fail()
	}
}

func (p *parser) expectEnd() {
	if p.peek().Kind != tokEnd {
		p.fail()
	}
}

// fail bails out at the next token.
func (p *parser) fail() {
	t := p.peek()
	switch t.Kind {
	case tokEnd:
		p.failAt(t.Start, "incomplete input")
	case TokIllegal:
		p.failAt(t.Start, fmt.Sprintf("unrecognized token: %q", t.Text(p.src)))
	default:
		p.failAt(t.Start, fmt.Sprintf("near %q: syntax error", t.Text(p.src)))
	}
}

func (p *parser) failAt(offset int, msg string) {
	panic(&SyntaxError{Offset: offset, Msg: msg})
}

// enter counts a level of nesting; the caller must call leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.failAt(p.peek().Start, "the text is nested too deeply")
	}
}

func (p *parser) leave() { p.depth-- }

// since returns the span from the token at position pos to the last one read.
func (p *parser) since(pos int) Span {
	return Span{p.toks[pos].Start, p.toks[p.pos-1].End}
}

// isName tells whether the token n ahead can be a name (nm in parse.y): an identifier, a keyword that is not reserved, a
// quoted name or a string.
func (p *parser) isName(n int) bool {
	t := p.peekAt(n)
	switch t.Kind {
	case TokQuoted, TokString:
		return true
	case TokWord:
		return !IsReserved(t.Text(p.src)) && !p.isWindowClause(n)
	}
	return false
}

// isAlias tells whether the next token can be an alias without AS (ids in parse.y).
func (p *parser) isAlias() bool {
	return p.isName(0) && (p.peek().Kind != TokWord || !joinWords[upperASCII(p.peek().Text(p.src))])
}

// isWindowClause follows analyzeWindowKeyword of tokenize.c: WINDOW is a keyword where `name AS` follows.
func (p *parser) isWindowClause(n int) bool {
	if !p.atNext(n, "WINDOW") || !p.atNext(n+2, "AS") {
		return false
	}
	t := p.peekAt(n + 1)
	return t.Kind == TokQuoted || t.Kind == TokString || t.Kind == TokWord && !IsReserved(t.Text(p.src))
}

// name reads a name.
func (p *parser) name() *Ident {
	if !p.isName(0) {
		p.fail()
	}
	t := p.peek()
	p.pos++
	return p.ident(t)
}

func (p *parser) ident(t Token) *Ident {
	text := t.Text(p.src)
	id := &Ident{Span: Span{t.Start, t.End}, Name: Dequote(text)}
	if t.Kind != TokWord {
		id.Quote = text[0]
	}
	return id
}

// names reads ( name, … ).
func (p *parser) names() []*Ident {
	p.expectKind(TokLParen)
	out := []*Ident{p.name()}
	for p.acceptKind(TokComma) {
		out = append(out, p.name())
	}
	p.expectKind(TokRParen)
	return out
}
