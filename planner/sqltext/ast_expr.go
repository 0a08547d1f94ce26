package sqltext

// LiteralKind is the kind of a Literal.
type LiteralKind uint8

// The kinds of literal. TRUE and FALSE are names in SQLite and read as Column; see Column.IsBoolean.
const (
	NullLiteral LiteralKind = iota
	IntegerLiteral
	FloatLiteral
	StringLiteral
	BlobLiteral
	TimeLiteral // CURRENT_TIME, CURRENT_DATE, CURRENT_TIMESTAMP
)

// Literal is a constant; Text is its source text, verbatim.
type Literal struct {
	Span
	Kind LiteralKind
	Text string
}

// Param is a bound parameter; Text is its source text.
type Param struct {
	Span
	Text string
}

// Column is a column reference with up to two qualifiers, all dequoted; "" is a qualifier that is not given.
type Column struct {
	Span
	Schema, Table, Name string
	// Quote is the opening quote that Name was written with, 0 when bare. SQLite reads an unqualified "name" that is no
	// column as a string.
	Quote byte
	// NameSpan is the part that holds Name.
	NameSpan Span
}

// DoubleQuoted tells whether SQLite would fall back to reading the name as a string.
func (c *Column) DoubleQuoted() bool { return c.Quote == '"' && c.Table == "" }

// IsBoolean tells whether the reference is TRUE or FALSE, should no column have that name.
func (c *Column) IsBoolean() bool {
	return c.Quote == 0 && c.Table == "" && (equalFoldASCII(c.Name, "true") || equalFoldASCII(c.Name, "false"))
}

// Unary is a prefix operator: - + ~ NOT.
type Unary struct {
	Span
	Op string
	X  Expr
}

// Binary is an infix operator: OR AND = <> < <= > >= & | << >> + - * / % || -> ->>. The spellings == and != are
// normalised to = and <>.
type Binary struct {
	Span
	Op   string
	L, R Expr
}

// IsNull is a postfix ISNULL, or with Not a NOTNULL or NOT NULL. `x IS NULL` is an Is.
type IsNull struct {
	Span
	X   Expr
	Not bool
}

// Is is L IS [NOT] [DISTINCT FROM] R.
type Is struct {
	Span
	L, R         Expr
	Not          bool
	DistinctFrom bool
}

// Negated tells whether the comparison is true for operands that differ.
func (e *Is) Negated() bool { return e.Not != e.DistinctFrom }

// Between is X [NOT] BETWEEN Low AND High.
type Between struct {
	Span
	X, Low, High Expr
	Not          bool
}

// In is X [NOT] IN followed by exactly one of a list (Select and Table nil; the list may be empty), a subquery, or a
// table or table-valued function.
type In struct {
	Span
	X      Expr
	Not    bool
	List   []Expr
	Select *Select
	Table  *TableRef
}

// Like is X [NOT] LIKE|GLOB|REGEXP|MATCH Pattern [ESCAPE Escape].
type Like struct {
	Span
	X, Pattern Expr
	Escape     Expr   // nil when there is none
	Op         string // upper case
	Not        bool
}

// Case is CASE [Operand] WHEN … THEN … [ELSE Else] END.
type Case struct {
	Span
	Operand Expr // nil when there is none
	Whens   []When
	Else    Expr // nil when there is none
}

// When is one branch of a Case.
type When struct{ When, Then Expr }

// Cast is CAST(X AS Type); Type is its source text with single blanks, and may be empty.
type Cast struct {
	Span
	X    Expr
	Type string
}

// Collate is X COLLATE Name.
type Collate struct {
	Span
	X    Expr
	Name string
}

// Call is a function call. An aggregate has the same form as a scalar function.
type Call struct {
	Span
	Name     string // dequoted, case as written
	NameSpan Span
	Star     bool // f(*)
	Distinct bool
	Args     []Expr
	OrderBy  []*OrderTerm // aggregates only
	Filter   Expr         // FILTER (WHERE …), nil when there is none
	Over     *Window      // nil unless it is a window function
}

// Exists is EXISTS (Select).
type Exists struct {
	Span
	Select *Select
}

// Subquery is a scalar or row-valued (Select).
type Subquery struct {
	Span
	Select *Select
}

// Raise is RAISE(…), legal in trigger bodies only.
type Raise struct {
	Span
	Action  string // IGNORE, ROLLBACK, ABORT or FAIL
	Message Expr   // nil for IGNORE
}

// RowValue is (a, b, …) with at least two items.
type RowValue struct {
	Span
	Items []Expr
}

// Paren is an expression in parentheses. It means what X means; see Unparen.
type Paren struct {
	Span
	X Expr
	// Alias is set where a name of the select list was written for X, after names are resolved.
	Alias *Column
}

// Unparen strips parentheses.
func Unparen(e Expr) Expr {
	for {
		p, ok := e.(*Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

func (*Literal) expr()  {}
func (*Param) expr()    {}
func (*Column) expr()   {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*IsNull) expr()   {}
func (*Is) expr()       {}
func (*Between) expr()  {}
func (*In) expr()       {}
func (*Like) expr()     {}
func (*Case) expr()     {}
func (*Cast) expr()     {}
func (*Collate) expr()  {}
func (*Call) expr()     {}
func (*Exists) expr()   {}
func (*Subquery) expr() {}
func (*Raise) expr()    {}
func (*RowValue) expr() {}
func (*Paren) expr()    {}
