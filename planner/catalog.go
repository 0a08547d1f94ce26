// Package planner turns the SELECT of a materialized view into a circuit: it parses the text, resolves names against the
// catalog, checks its own reading against SQLite's compilation of the original, and lowers the query to dbsp operators
// and to the SQL expressions that SQLite evaluates for them.
package planner

import "github.com/sqlite-mv/sqlite-mv/dbsp"

// Affinity is a column's type affinity, https://www.sqlite.org/datatype3.html section 3. AffinityNone is that of an
// expression that is not a column or CAST: comparisons treat it differently from a BLOB column.
type Affinity uint8

// The affinities.
const (
	AffinityNone Affinity = iota
	AffinityBlob
	AffinityText
	AffinityNumeric
	AffinityInteger
	AffinityReal
)

// TableKind tells what a name in FROM stands for.
type TableKind uint8

// The kinds of table that a FROM clause may name.
const (
	OrdinaryTable    TableKind = iota // a rowid or WITHOUT ROWID table
	PlainView                         // CREATE VIEW
	MaterializedView                  // one of ours
	VirtualTable                      // any other virtual table, table-valued functions among them
)

// TableColumn is one column of a base table or view, in declaration order. Hidden and generated columns are included.
type TableColumn struct {
	Name      string
	DeclType  string // verbatim, "" when undeclared
	Affinity  Affinity
	Collation string // upper case; BINARY by default
	NotNull   bool   // declared NOT NULL, or INTEGER PRIMARY KEY
	Default   string // the default value's expression, "" when none
	Generated bool
	Hidden    bool // not part of SELECT *
	PK        int  // 1-based position in the primary key, 0 when not part of it
}

// Index is one index of a base table, with plain columns only; partial and expression indexes are left out.
type Index struct {
	Name       string
	Unique     bool
	Columns    []int    // positions in Table.Columns
	Collations []string // upper case, one per column
}

// Table is what FROM refers to.
type Table struct {
	Schema       string // "main", "temp" or the name of an attached database
	Name         string // as declared
	Kind         TableKind
	Columns      []TableColumn
	RowidAlias   int // position of the INTEGER PRIMARY KEY column, -1 when none
	WithoutRowid bool
	Indexes      []Index // including those behind PRIMARY KEY and UNIQUE, not the rowid
	SQL          string  // CREATE statement; for a PlainView the planner expands it
	Select       string  // MaterializedView only: its SELECT, which a view of another schema expands
	Stale        string  // MaterializedView only: why it can't be built on, "" when it is fresh
}

// ResultColumn is what SQLite itself says of a column of a compiled SELECT.
type ResultColumn struct {
	Name     string
	DeclType string
}

// Function is one row of pragma_function_list.
type Function struct {
	Name          string // lower case
	NArg          int    // -1: any number
	Aggregate     bool   // usable as an aggregate
	Window        bool   // usable only or also as a window function
	Scalar        bool
	Deterministic bool
	Builtin       bool
}

// Catalog is what the planner asks the database. The engine implements it over a connection; tests may too.
type Catalog interface {
	// Table finds a table or view by name; schema "" means the view's own schema first, then SQLite's search order.
	// It returns nil without an error when there is none. Names compare case-insensitively.
	Table(schema, name string) (*Table, error)
	// Compile lets SQLite prepare a SELECT and returns its result columns; the error is SQLite's own, unwrapped message.
	Compile(sql string) ([]ResultColumn, error)
	// Explain returns the rows of EXPLAIN sql (addr, opcode, p1, p2, p3, p4, p5, without the comment).
	Explain(sql string) ([][7]string, error)
	// Functions returns all functions named name (lower case).
	Functions(name string) ([]Function, error)
	// UTF16 tells whether the database stores UTF-16 text, which orders differently.
	UTF16() bool
}

// Column is a column of an intermediate or final result.
type Column struct {
	Name      string
	DeclType  string // only where every source proves it, else ""
	Affinity  Affinity
	Collation string // upper case
}

// Source is a base table or materialized view that the circuit reads changes of.
type Source struct {
	Table   *Table
	Columns []int // positions in Table.Columns that the view uses, ascending; a delta's Row has exactly these
}

// ExprSpec is what SQLite evaluates for one operator: SELECT Exprs FROM <rows with Input columns> WHERE Where. The SQL
// names the input's columns "c0", "c1", …; columns of AffinityNone are already written so that they have none.
type ExprSpec struct {
	Input []Column
	Exprs []string
	Where string // "" when there is none
	From  string // what follows the rows in FROM: table-valued functions; "" when nothing does
}

// GroupSpec is what SQLite evaluates for each group of rows. The SQL names the input's columns as that of ExprSpec does.
type GroupSpec struct {
	Input []Column
	// Exprs are expressions with aggregate functions, and bare columns: SELECT Exprs FROM <the group's rows> gives one row.
	// With OrderBy they are expressions of one row.
	Exprs []string
	// OrderBy, when it is not "", makes the group's row that of its first row in this order.
	OrderBy string
}

// BaseRead is a join side that is read from a base table through an index (or its primary key) instead of being kept.
type BaseRead struct {
	Source  int   // index into Plan.Sources
	Columns []int // of the source's delta row: what the join side's rows consist of
	Key     []int // of the source's delta row: the join key's columns, in key order
	// Collations are those of the key's columns.
	Collations []dbsp.Collation
	Index      string
}

// BaseRows is a join side of which only the rows' identities are kept: the rest is read from the base table.
type BaseRows struct {
	ID       dbsp.OpID // of the arrangement of identities
	Source   int       // index into Plan.Sources
	Columns  []int     // of the source's delta row: what the join side's rows consist of
	Identity []int     // of the source's delta row: the primary key
}

// Env is what a circuit is built with.
type Env interface {
	// Evaluator returns the evaluator of spec for the operator id.
	Evaluator(id dbsp.OpID, spec ExprSpec) (dbsp.Evaluator, error)
	// GroupEvaluator returns the evaluator of spec for the operator id. It gives at most one row for each group.
	GroupEvaluator(id dbsp.OpID, spec GroupSpec) (dbsp.GroupEvaluator, error)
	// BaseTrace returns the trace that reads a base table's rows, as they were before the changes that are not fed yet.
	BaseTrace(b BaseRead) (dbsp.Trace, error)
	// Presence returns what asks the tables of p for rows, the same for each use of p.
	Presence(p *Presence) (dbsp.Presence, error)
	// BaseRows returns what reads a base table's rows by identity, as they were before the changes that are not fed yet.
	BaseRows(b BaseRows) (dbsp.Rows, error)
}

// Plan is a checked view definition. It is immutable.
type Plan struct {
	// SQL is the definition with all names resolved and stars, USING and NATURAL spelled out, so that columns added to a
	// base table later do not change it: what is planned again on every connection. Where it can't be written so, it is
	// the text as given.
	SQL     string
	Columns []Column // of the view, names made unique as SQLite does (id, id:1)
	Sources []Source
	// StepOrder lists source indexes in the order in which a step had best feed them, one source at a time: a source that
	// is read from its base table comes before those whose changes meet it there, where that can be. FillOrder is the
	// order in which to fill the view. A source on both sides of a join is never read from its base table.
	StepOrder, FillOrder []int
	// Keyed is set when the root yields at most one row per key: output rows are then stored under Delta.Key.
	Keyed bool
	// KeyColumns gives, for each column of the key in encoding order, the view column that shows it, or -1; and
	// KeyCollations how it was encoded. Only for Keyed plans.
	KeyColumns    []int
	KeyCollations []dbsp.Collation
	// RowState is the operator whose accumulators can be kept with the output rows, one for one under the same key: the
	// aggregate or distinct at the root, when nothing above it filters. 0 when there is none.
	RowState dbsp.OpID
	// Global is set for an aggregate without GROUP BY at the root: one row even over empty tables.
	Global      bool
	Fingerprint string // changes when the circuit's operators or state keys change

	nodes []Node
	root  int
	// asReal is set where SQLite makes REALs of INTEGERs of the SELECT when that stands in FROM.
	asReal bool
}
