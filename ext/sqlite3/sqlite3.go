// Package sqlite3 is what the engine needs of SQLite's C API, without saying which SQLite: one binding works over
// modernc.org/sqlite/lib, one over cgo. The engine is written against these interfaces only.
//
// Everything on one Conn happens on the goroutine that is inside a call of that connection, as SQLite itself demands.
// A binding turns every Go panic in a callback into an error of the running statement.
package sqlite3

import "github.com/sqlite-mv/sqlite-mv/dbsp"

// Conn is a database connection handle (sqlite3*), as seen from inside a callback on it.
type Conn interface {
	// Prepare compiles the first statement of sql; tail is the rest of the text. Stmt is nil for an empty statement.
	// Persistent tells SQLite that the statement will be kept (SQLITE_PREPARE_PERSISTENT).
	Prepare(sql string, persistent bool) (s Stmt, tail string, err error)
	// Exec runs all statements of sql and discards rows.
	Exec(sql string) error

	// CreateModule registers m under name, replacing an earlier one; nil removes it.
	CreateModule(name string, m *Module) error
	// CreateFunction registers a scalar or aggregate function.
	CreateFunction(f *Function) error
	// DeclareVTab, to be called within Create and Connect, gives the virtual table's columns.
	DeclareVTab(createTable string) error
	// MarkInnocuous, within Create and Connect, sets SQLITE_VTAB_INNOCUOUS.
	MarkInnocuous() error
	// ConstraintSupport, within Create and Connect, sets SQLITE_VTAB_CONSTRAINT_SUPPORT.
	ConstraintSupport() error

	// Autocommit is sqlite3_get_autocommit.
	Autocommit() bool
	// LastInsertRowid and SetLastInsertRowid are SQLite's functions of these names.
	LastInsertRowid() int64
	SetLastInsertRowid(int64)
	// Changes and TotalChanges are sqlite3_changes64 and sqlite3_total_changes64.
	Changes() int64
	TotalChanges() int64
	// RestoreChanges makes changes() and total_changes() return these again, where the binding can reach them; it
	// reports whether it could.
	RestoreChanges(changes, total int64) bool
	// SchemaVersion is a number that differs whenever the connection's idea of the schema does, where the binding can see
	// it: without a statement, and so also while SQLite compiles one. Otherwise ok is false.
	SchemaVersion(schema string) (version int64, ok bool)
	// Writing returns the texts of the connection's statements, ours included, that may write and are running: stepped, and
	// not at their ends (sqlite3_stmt_busy). A text is sqlite3_sql, "" where SQLite does not know it. All are valid until
	// something else is asked of the connection.
	Writing() []string
	// Filename is sqlite3_db_filename: "" for temporary and in-memory databases.
	Filename(schema string) string
	// ReadOnly is sqlite3_db_readonly.
	ReadOnly(schema string) bool
	// Interrupted is sqlite3_is_interrupted.
	Interrupted() bool
	// Version is the library's version number, for example 3054000.
	Version() int
}

// DataVersioner is a Conn that can tell cheaply whether a database is what it was.
type DataVersioner interface {
	// DataVersion is a number that a commit to the database changes: one of this connection by 1, at once; one of another, of
	// this or another process, when this connection begins to read, as it has where it reads or writes already. It need not
	// be known where connections share a cache. A rollback does not show.
	DataVersion(schema string) (version uint32, ok bool)
}

// Stamper is a Conn that can tell cheaply that a database's content is what it was.
type Stamper interface {
	// Stamp returns a number that differs from an earlier one if anything was written and committed to the database since, by
	// this connection or another. ok is false unless a read transaction, and no write transaction, is open on it.
	Stamp(schema string) (stamp uint32, ok bool)
}

// Stmt is a prepared statement. Parameter indexes begin at 1, columns at 0.
type Stmt interface {
	// Bind sets a parameter; text and blobs are copied.
	Bind(i int, v dbsp.Value) error
	// Step returns true for a row, false at the end.
	Step() (bool, error)
	// Fetch is Step for rows that may be read ahead: nothing that happens between two calls may matter to them. After an
	// error, and at the end, the statement is reset; who stops before must do that. It is not to be mixed with Step.
	Fetch() (bool, error)
	// Reset makes the statement ready to run again; parameters stay bound.
	Reset() error
	// Run runs the statement to its end, discarding rows, and resets it.
	Run() error
	// Reprepared is how often SQLite compiled the statement anew until the last Step or Run, as it does when the schema
	// was changed, or a change of it was rolled back.
	Reprepared() int
	// Finalize is idempotent; the statement is not used afterwards.
	Finalize() error
	// Column returns a copy of the value in the current row.
	Column(i int) dbsp.Value
	// ColumnRaw is Column without a copy of text and blobs: valid until the next Step, Reset or Finalize.
	ColumnRaw(i int) dbsp.Value
	// ColumnCount is sqlite3_column_count.
	ColumnCount() int
	// ColumnName is sqlite3_column_name.
	ColumnName(i int) string
	// ColumnDeclType is sqlite3_column_decltype, "" for what is no table column.
	ColumnDeclType(i int) string
	// ReadOnly is sqlite3_stmt_readonly.
	ReadOnly() bool
	// ParameterCount is sqlite3_bind_parameter_count.
	ParameterCount() int
}

// Args are the arguments of a callback, valid during it.
type Args interface {
	// Len returns how many there are.
	Len() int
	// Value returns a copy.
	Value(i int) dbsp.Value
	// Raw returns the value with text and blob bytes that are valid during the callback only.
	Raw(i int) dbsp.Value
	// NoChange is sqlite3_value_nochange.
	NoChange(i int) bool
	// Numeric is sqlite3_value_numeric_type applied: what SQLite's sum() sees; text that is not a number, and blobs,
	// give the REAL of sqlite3_value_double.
	Numeric(i int) dbsp.Value
}

// Result receives the result of a function or a column.
type Result interface {
	// Set sets the value; text and blobs are copied.
	Set(v dbsp.Value)
	// Error makes the running statement fail.
	Error(err error)
}

// Module is a virtual table module. Without Create it is eponymous only: the module's name is the table.
// args are xCreate's argv: module name, schema name, table name, and the module arguments as written.
type Module struct {
	Create  func(c Conn, args []string) (VTab, error)
	Connect func(c Conn, args []string) (VTab, error)
	// Close is called when the module goes away: the connection is closing or the name was taken over.
	Close func()
	// Methods tells which optional VTab interfaces the tables of this module implement; SQLite asks per module.
	Writable     bool // VTab implements Updater
	Transactions bool // VTab implements Transactor and Savepointer
	// LateRelease lets the binding put Savepointer.Release off until it tells of a savepoint again, and then tell of the
	// lowest n alone; where the transaction ends before, it need not tell at all.
	LateRelease bool
	Renames     bool // VTab implements Renamer
	// ShadowName reports whether suffix names a shadow table (after "<table>_"); may be nil.
	ShadowName func(suffix string) bool
}

// VTab is a virtual table of one connection.
type VTab interface {
	// BestIndex is xBestIndex: it chooses a scan and writes it into the IndexInfo.
	BestIndex(*IndexInfo) error
	// Open is xOpen.
	Open() (Cursor, error)
	// Disconnect releases the table object; Destroy drops the table for good and releases it.
	Disconnect() error
	Destroy() error
}

// Updater is xUpdate. args are as in SQLite: 1 argument deletes; args[0] NULL inserts; otherwise it updates.
type Updater interface {
	// Update returns the rowid of an inserted row.
	Update(args Args) (rowid int64, err error)
}

// Transactor is xBegin, xSync, xCommit, xRollback.
type Transactor interface {
	// Begin is xBegin: the table was enlisted in a transaction.
	Begin() error
	// Sync is xSync: the transaction is about to commit; an error prevents it.
	Sync() error
	// Commit is xCommit.
	Commit() error
	// Rollback is xRollback.
	Rollback() error
}

// Savepointer is xSavepoint, xRelease, xRollbackTo. RollbackTo(-1) takes back everything since the transaction began.
type Savepointer interface {
	// Savepoint is xSavepoint.
	Savepoint(n int) error
	// Release is xRelease: n and all later savepoints end.
	Release(n int) error
	// RollbackTo is xRollbackTo.
	RollbackTo(n int) error
}

// Renamer is xRename.
type Renamer interface {
	// Rename takes the new name.
	Rename(name string) error
}

// Cursor is a virtual table cursor.
type Cursor interface {
	// Filter is xFilter: it begins the scan that BestIndex chose, at its first row.
	Filter(idxNum int, idxStr string, args Args) error
	// Next is xNext.
	Next() error
	// EOF is xEof.
	EOF() bool
	// Column is xColumn: it sets column i of the present row as the result.
	Column(r Result, i int) error
	// Rowid is xRowid.
	Rowid() (int64, error)
	// Close is xClose.
	Close() error
}

// Streamer is a Cursor whose rows may be those of a statement, which a binding can then step by itself, without a call for
// each row and column.
type Streamer interface {
	Cursor
	// Stream is asked after Filter. When it answers ok, the cursor stands on the present row of s, copy 0 of as many as
	// column weight of s says, of one where that is negative; its columns below columns are those of s, and its next rows those that s steps to, each
	// weight times. Bit i of used, bit 63 for all from there on, is set for the columns that s has: for others the binding
	// calls Column. The cursor must call stop before it does anything else by itself: from then on the binding calls its
	// methods again. stop returns which copy of the present row the reader has; unless read is set, that row is not looked at
	// again, and s need not show it. Or it returns that there are no more rows.
	Stream(stop func(read bool) (copy int64, more bool)) (s Stmt, columns, weight int, used uint64, ok bool)
	// StreamEnded says that s failed with err, or, before Filter or Close is called, that it had no more rows. No stop follows.
	StreamEnded(err error)
}

// Op is a constraint operator of xBestIndex, with SQLite's numbers (SQLITE_INDEX_CONSTRAINT_EQ …).
type Op uint8

// The constraint operators that the engine looks at.
const (
	OpEQ        Op = 2
	OpGT        Op = 4
	OpLE        Op = 8
	OpLT        Op = 16
	OpGE        Op = 32
	OpIsNotNull Op = 70
	OpIsNull    Op = 71
	OpIs        Op = 72
	OpLimit     Op = 73
	OpOffset    Op = 74
)

// Constraint is one aConstraint of xBestIndex with its usage.
type Constraint struct {
	Column    int
	Op        Op
	Usable    bool
	Collation string // sqlite3_vtab_collation
	IsIn      bool   // sqlite3_vtab_in says that it is an IN
	// ArgvIndex, set by BestIndex: 1-based position among Filter's args, 0 when the value is not wanted.
	ArgvIndex int
	// Omit, set by BestIndex: SQLite need not check the constraint again.
	Omit bool
}

// OrderTerm is one aOrderBy of xBestIndex.
type OrderTerm struct {
	Column int
	Desc   bool
}

// IndexInfo is xBestIndex's argument and answer.
type IndexInfo struct {
	Constraints []Constraint
	OrderBy     []OrderTerm
	ColumnsUsed uint64 // bit 63 stands for all columns from the 64th on
	Distinct    int    // sqlite3_vtab_distinct

	IdxNum          int
	IdxStr          string
	OrderByConsumed bool
	EstimatedCost   float64
	EstimatedRows   int64
	Unique          bool // SQLITE_INDEX_SCAN_UNIQUE
}

// Function is an application-defined SQL function.
type Function struct {
	Name          string
	NArg          int // -1: any number
	Deterministic bool
	Innocuous     bool
	DirectOnly    bool
	// Scalar computes the function; or NewAggregate makes the state of one group.
	Scalar       func(c Conn, r Result, args Args)
	NewAggregate func() Aggregate
}

// Aggregate is the state of an aggregate function over one group.
type Aggregate interface {
	// Step is xStep: it takes in a row.
	Step(args Args) error
	// Final is xFinal: it sets the result.
	Final(r Result)
}

// Error is an error of SQLite: the extended result code and the connection's message. A callback that returns one makes
// SQLite return its code.
type Error struct {
	Code    int // extended result code
	Message string
}

// Error returns SQLite's message, as it is.
func (e *Error) Error() string { return e.Message }

// Primary result codes that the engine looks at.
const (
	CodeError      = 1
	CodeBusy       = 5
	CodeLocked     = 6
	CodeReadOnly   = 8
	CodeInterrupt  = 9
	CodeCorrupt    = 11
	CodeSchema     = 17
	CodeConstraint = 19

	codeOK   = 0
	codeRow  = 100
	codeDone = 101
)

// Binding registers entry for every connection that its SQLite opens from now on (sqlite3_auto_extension). An error from
// entry fails the opening.
type Binding interface {
	// AutoExtension registers entry.
	AutoExtension(entry func(c Conn) error) error
}
