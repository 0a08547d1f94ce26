package sqltext

import "strings"

// CommandKind is the kind of a Command.
type CommandKind uint8

// The statements that a host without a parser of its own translates. Malformed begins like one of those about
// materialized views but does not go on like one; Err tells where.
const (
	Malformed CommandKind = iota
	CreateView
	DropView
	RefreshView
	ExplainView
	ValidateView // EXPLAIN CREATE MATERIALIZED VIEW …
	RenameView
	CreateIndex // of any table: whether On is a materialized view is for the caller to see
)

// Command is a recognised statement. Spans are offsets into the recognised text.
type Command struct {
	Kind CommandKind
	// Schema is the qualifier, dequoted, "" when not given; Name that of the view, or of the index.
	Schema, Name string
	Temp         bool // CREATE TEMP or TEMPORARY
	Unique       bool // CREATE UNIQUE INDEX
	IfNotExists  bool
	IfExists     bool
	Columns      []string // CREATE …(columns), dequoted; nil when there is no list
	Select       Span     // the SELECT, without surrounding blanks, comments or the semicolon
	On           string   // CREATE INDEX: the table, dequoted
	OnSpan       Span     // and its place in the text
	IndexColumns Span     // what stands between the parentheses of CREATE INDEX
	Where        Span     // the condition after WHERE; empty when there is none
	NewName      string   // ALTER … RENAME TO, dequoted
	Err          error    // Malformed only: a *SyntaxError in SQLite's words
}

// MayContainCommand tells cheaply whether Split and Recognise could find a Command in src. False is certain.
func MayContainCommand(src string) bool {
	return containsWord(src, "materialized", 'z', 9) || containsWord(src, "index", 'x', 4)
}

// containsWord looks for a lower case word in any case, led by its rarest letter at position at.
func containsWord(src, word string, rare byte, at int) bool {
	for _, c := range [2]byte{rare, rare - 'a' + 'A'} {
		for from := at; from < len(src); {
			i := strings.IndexByte(src[from:], c)
			if i < 0 {
				break
			}
			i += from
			if start := i - at; start+len(word) <= len(src) && equalFoldASCII(src[start:start+len(word)], word) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

// Recognise reads one statement, as Split gives it, and tells whether it is a Command. No statement that SQLite accepts
// is one, except CREATE INDEX.
func Recognise(stmt string) (c Command, ok bool) {
	if !startsCommand(stmt) {
		return Command{}, false
	}
	p := newParser(stmt)
	p.skipSemicolons()
	for n := len(p.toks); n > p.pos && p.toks[n-1].Kind == TokSemicolon; n-- {
		p.toks = p.toks[:n-1]
	}
	if err := p.run(func() { c, ok = p.command() }); err != nil {
		return Command{Kind: Malformed, Err: err}, true
	}
	return c, ok
}

// startsCommand looks at the first word only, so that a long script of other statements is not tokenised again.
func startsCommand(src string) bool {
	for at := 0; at < len(src); {
		t := Next(src, at)
		at = t.End
		if t.Blank() || t.Kind == TokSemicolon {
			continue
		}
		for _, w := range [...]string{"CREATE", "DROP", "REFRESH", "EXPLAIN", "ALTER"} {
			if t.Is(src, w) {
				return true
			}
		}
		return false
	}
	return false
}

// command reads a Command or tells that there is none. It fails where a statement begins like a Command and does not go
// on like one.
func (p *parser) command() (Command, bool) {
	verb := p.peek()
	p.pos++
	switch {
	case verb.Is(p.src, "CREATE"):
		temp := p.accept("TEMP") || p.accept("TEMPORARY")
		if p.at("MATERIALIZED") {
			return p.createView(temp), true
		}
		unique := p.accept("UNIQUE")
		if !temp && p.accept("INDEX") {
			return p.createIndex(unique)
		}
		return Command{}, false
	case verb.Is(p.src, "EXPLAIN") && p.accept("CREATE"):
		temp := p.accept("TEMP") || p.accept("TEMPORARY")
		if !p.at("MATERIALIZED") {
			return Command{}, false
		}
		c := p.createView(temp)
		c.Kind = ValidateView
		return c, true
	case !p.at("MATERIALIZED"):
		return Command{}, false
	}
	p.viewWords()
	var c Command
	switch {
	case verb.Is(p.src, "DROP"):
		c.Kind = DropView
		if p.accept("IF") {
			p.expect("EXISTS")
			c.IfExists = true
		}
		c.Schema, c.Name = p.qualifiedName()
	case verb.Is(p.src, "REFRESH"):
		c.Kind = RefreshView
		c.Schema, c.Name = p.qualifiedName()
	case verb.Is(p.src, "EXPLAIN"):
		c.Kind = ExplainView
		c.Schema, c.Name = p.qualifiedName()
	default:
		c.Kind = RenameView
		c.Schema, c.Name = p.qualifiedName()
		p.expect("RENAME")
		p.expect("TO")
		c.NewName = p.name().Name
	}
	p.expectEnd()
	return c, true
}

func (p *parser) viewWords() {
	p.expect("MATERIALIZED")
	p.expect("VIEW")
}

func (p *parser) createView(temp bool) Command {
	c := Command{Kind: CreateView, Temp: temp}
	p.viewWords()
	c.IfNotExists = p.ifNotExists()
	c.Schema, c.Name = p.qualifiedName()
	if p.acceptKind(TokLParen) {
		for {
			c.Columns = append(c.Columns, p.name().Name)
			if !p.acceptKind(TokComma) {
				break
			}
		}
		p.expectKind(TokRParen)
	}
	p.expect("AS")
	if !p.atSelect() {
		p.fail()
	}
	c.Select = Span{p.peek().Start, p.toks[len(p.toks)-1].End}
	for ; p.peek().Kind != tokEnd; p.pos++ {
		if p.peek().Kind == TokSemicolon {
			p.fail()
		}
	}
	return c
}

// createIndex gives up without an error: the statement is SQLite's own, and SQLite says what is wrong with it.
func (p *parser) createIndex(unique bool) (Command, bool) {
	c := Command{Kind: CreateIndex, Unique: unique}
	ok := p.run(func() {
		c.IfNotExists = p.ifNotExists()
		c.Schema, c.Name = p.qualifiedName()
		p.expect("ON")
		on := p.name()
		c.On, c.OnSpan = on.Name, on.Span
		p.expectKind(TokLParen)
		c.IndexColumns = Span{p.peek().Start, p.peek().Start}
		for depth := 1; ; p.pos++ {
			switch p.peek().Kind {
			case TokLParen:
				depth++
			case TokRParen:
				depth--
			case tokEnd, TokSemicolon:
				p.fail()
			}
			if depth == 0 {
				break
			}
			c.IndexColumns.End = p.peek().End
		}
		p.expectKind(TokRParen)
		if p.accept("WHERE") {
			if p.peek().Kind == tokEnd {
				p.fail()
			}
			c.Where = Span{p.peek().Start, p.toks[len(p.toks)-1].End}
			return
		}
		p.expectEnd()
	}) == nil
	if !ok {
		return Command{}, false
	}
	return c, true
}

func (p *parser) ifNotExists() bool {
	if !p.accept("IF") {
		return false
	}
	p.expect("NOT")
	p.expect("EXISTS")
	return true
}

// qualifiedName reads [schema.]name.
func (p *parser) qualifiedName() (schema, name string) {
	name = p.name().Name
	if p.acceptKind(TokDot) {
		schema, name = name, p.name().Name
	}
	return schema, name
}
