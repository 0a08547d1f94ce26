package sqltext

// Span is a piece of the source text: byte offsets, End exclusive. Nodes that the planner makes up have a zero Span.
type Span struct{ Start, End int }

// Bounds returns the span itself; every node has it by embedding Span.
func (s Span) Bounds() Span { return s }

// Text returns the spanned source text.
func (s Span) Text(src string) string { return src[s.Start:s.End] }

// Node is any node of the tree. All are pointers to the structs of this package.
type Node interface {
	// Bounds returns the node's place in the source.
	Bounds() Span
}

// Expr is an expression node.
type Expr interface {
	Node
	expr() // keeps other nodes out
}

// Ident is a name, dequoted. Quote is the opening quote it was written with, a byte of "`[', 0 when bare.
type Ident struct {
	Span
	Name  string
	Quote byte
}

// Select is a whole SELECT: one or more cores joined by compound operators, applied from left to right.
type Select struct {
	Span
	With    *With // nil when there is none
	Cores   []*Core
	Ops     []CompoundOp // Ops[i] stands between Cores[i] and Cores[i+1]
	OpSpans []Span       // where Ops are written
	OrderBy []*OrderTerm
	Limit   Expr // nil when there is none
	Offset  Expr // nil when there is none; `LIMIT 5, 2` has Offset 5 and Limit 2
}

// CompoundOp is a compound operator.
type CompoundOp uint8

// The compound operators.
const (
	UnionAll CompoundOp = iota
	Union
	Intersect
	Except
)

// String returns the operator's SQL.
func (op CompoundOp) String() string {
	return [...]string{"UNION ALL", "UNION", "INTERSECT", "EXCEPT"}[op]
}

// With is a WITH clause.
type With struct {
	Span
	Recursive bool // the word only; whether a CTE refers to itself is for the planner to see
	CTEs      []*CTE
}

// Materialize is the hint of a CTE.
type Materialize uint8

// The hints.
const (
	NoHint Materialize = iota
	Materialized
	NotMaterialized
)

// CTE is one common table expression.
type CTE struct {
	Span
	Name    *Ident
	Columns []*Ident // nil when no list is given
	Hint    Materialize
	Select  *Select
}

// Core is one SELECT or VALUES between compound operators. For VALUES only Values is set.
type Core struct {
	Span
	Distinct     bool
	DistinctSpan Span
	Columns      []*ResultColumn
	From         []*TableRef // left-deep, as SQLite reads it: each item joins all that stands to its left
	Where        Expr
	GroupBy      []Expr
	Having       Expr
	Windows      []*NamedWindow
	Values       [][]Expr
}

// ResultColumn is one item of a select list: Star, TableStar or Expr.
type ResultColumn struct {
	Span
	Star      bool   // *
	TableStar *Ident // t.*
	Expr      Expr   // nil for the stars
	Alias     *Ident // nil when there is none
	// ExprText is what SQLite names an unaliased column by, unless it is a plain column: the source text up to the next
	// token, white space trimmed, comments included.
	ExprText string
}

// JoinKind is the kind of a join, NATURAL aside.
type JoinKind uint8

// The join kinds. CommaJoin and InnerJoin mean the same; CrossJoin also keeps SQLite's planner from reordering.
const (
	CommaJoin JoinKind = iota
	InnerJoin
	CrossJoin
	LeftJoin
	RightJoin
	FullJoin
)

// Join tells how an item of FROM joins what stands to its left.
type Join struct {
	Span    // the operator's words; for an ON or USING see there
	Kind    JoinKind
	Natural bool
}

// TableRef is one item of FROM. Exactly one of Name, Subquery and Nested is set.
type TableRef struct {
	Span
	Join *Join // nil for the first item

	Schema     string // "" when not given
	Name       string // dequoted
	NameSpan   Span   // [schema.]name
	Args       []Expr
	HasArgs    bool   // a table-valued function, perhaps with no arguments
	IndexedBy  *Ident // INDEXED BY
	NotIndexed bool   // NOT INDEXED

	Subquery *Select
	Nested   []*TableRef // ( a JOIN b … )

	Alias     *Ident // nil when there is none
	On        Expr
	Using     []*Ident // nil when there is none
	UsingSpan Span
}

// OrderTerm is one term of an ORDER BY.
type OrderTerm struct {
	Span
	Expr  Expr
	Order SortOrder
	Nulls NullsOrder
}

// SortOrder is ASC or DESC as written.
type SortOrder uint8

// The sort orders.
const (
	NoOrder SortOrder = iota
	Asc
	Desc
)

// NullsOrder is NULLS FIRST or NULLS LAST as written.
type NullsOrder uint8

// Where NULLs go.
const (
	NullsDefault NullsOrder = iota
	NullsFirst
	NullsLast
)

// NamedWindow is one definition of a WINDOW clause.
type NamedWindow struct {
	Span
	Name   *Ident
	Window *Window
}

// Window is a window definition, or with only Name set the reference `OVER name`.
type Window struct {
	Span
	Name        *Ident // OVER name
	Base        *Ident // ( base … )
	PartitionBy []Expr
	OrderBy     []*OrderTerm
	Frame       *Frame // nil when there is none
}

// Frame is a window frame.
type Frame struct {
	Span
	Mode    string // RANGE, ROWS or GROUPS
	Between bool
	From    *FrameBound
	To      *FrameBound // nil unless Between
	Exclude string      // "", NO OTHERS, CURRENT ROW, GROUP or TIES
}

// FrameBound is one end of a frame.
type FrameBound struct {
	Span
	Kind string // UNBOUNDED PRECEDING, PRECEDING, CURRENT ROW, FOLLOWING or UNBOUNDED FOLLOWING
	Expr Expr   // for PRECEDING and FOLLOWING
}
