package modernc

import (
	sqldriver "database/sql/driver"

	"modernc.org/sqlite"

	mvdriver "github.com/sqlite-mv/sqlite-mv/ext/driver"
)

// Conn is a connection of the driver. It translates the statements of materialized views, and has all that the
// connection of modernc.org/sqlite has: assert it to sqlite.HookRegisterer, sqlite.FileControl and the like, or call the
// methods. A pre-update or authorizer callback also sees the engine's own tables, whose names begin with __internal_dbsp_.
type Conn struct {
	*mvdriver.Conn
	extras
}

// extras are the exported methods of modernc.org/sqlite's connection that are not part of database/sql/driver.
type extras interface {
	sqlite.HookRegisterer
	sqlite.AuthorizerRegisterer
	sqlite.FileControl
	sqlite.DBStatus
	// NewBackup and NewRestore copy the database to or from the file that a URI names.
	NewBackup(dstURI string) (*sqlite.Backup, error)
	NewRestore(srcURI string) (*sqlite.Backup, error)
	// Serialize and Deserialize give and replace the main database as bytes.
	Serialize() ([]byte, error)
	Deserialize(buf []byte) error
	// ColumnInfo describes the columns of a query.
	ColumnInfo(query string) ([]sqlite.ColumnInfo, error)
	// IsReadOnly tells whether a schema can't be written.
	IsReadOnly(schema string) (bool, error)
}

var (
	_ sqldriver.Conn               = (*Conn)(nil)
	_ sqldriver.ConnBeginTx        = (*Conn)(nil)
	_ sqldriver.ConnPrepareContext = (*Conn)(nil)
	//lint:ignore SA1019 the inner connection has it
	_ sqldriver.Execer        = (*Conn)(nil)
	_ sqldriver.ExecerContext = (*Conn)(nil)
	//lint:ignore SA1019 the inner connection has it
	_ sqldriver.Queryer           = (*Conn)(nil)
	_ sqldriver.QueryerContext    = (*Conn)(nil)
	_ sqldriver.NamedValueChecker = (*Conn)(nil)
	_ sqldriver.SessionResetter   = (*Conn)(nil)
	_ sqldriver.Validator         = (*Conn)(nil)
	_ sqldriver.Pinger            = (*Conn)(nil)
	_ sqlite.ExecQuerierContext   = (*Conn)(nil)
)
