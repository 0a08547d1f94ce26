//go:build cgo

package mattn

import (
	sqldriver "database/sql/driver"

	"github.com/mattn/go-sqlite3"

	mvdriver "github.com/sqlite-mv/sqlite-mv/ext/driver"
)

// Conn is a connection of the driver. It translates the statements of materialized views, and has what the connection of
// go-sqlite3 has whatever its build tags; Unwrap gives that connection, a *sqlite3.SQLiteConn. An update, pre-update or
// authorizer callback also sees the engine's own tables, whose names begin with __internal_dbsp_.
type Conn struct {
	*mvdriver.Conn
	extras
}

// extras are the exported methods of go-sqlite3's connection that are not part of database/sql/driver.
type extras interface {
	RegisterCollation(name string, cmp func(string, string) int) error
	RegisterCommitHook(callback func() int)
	RegisterRollbackHook(callback func())
	RegisterUpdateHook(callback func(int, string, string, int64))
	RegisterPreUpdateHook(callback func(sqlite3.SQLitePreUpdateData))
	RegisterAuthorizer(callback func(int, string, string, string) int)
	RegisterFunc(name string, impl any, pure bool) error
	RegisterAggregator(name string, impl any, pure bool) error
	AutoCommit() bool
	GetFilename(schemaName string) string
	GetLimit(id int) int
	SetLimit(id int, newVal int) int
	SetFileControlInt(dbName string, op int, arg int) error
	SetFileControlInt64(dbName string, op int, arg int64) error
	LoadExtension(lib string, entry string) error
	Serialize(schema string) ([]byte, error)
	Deserialize(b []byte, schema string) error
	Backup(dest string, srcConn *sqlite3.SQLiteConn, src string) (*sqlite3.SQLiteBackup, error)
}

var (
	_ sqldriver.Conn               = (*Conn)(nil)
	_ sqldriver.ConnBeginTx        = (*Conn)(nil)
	_ sqldriver.ConnPrepareContext = (*Conn)(nil)
	//lint:ignore SA1019 the inner connection has it
	_ sqldriver.Execer        = (*Conn)(nil)
	_ sqldriver.ExecerContext = (*Conn)(nil)
	//lint:ignore SA1019 the inner connection has it
	_ sqldriver.Queryer        = (*Conn)(nil)
	_ sqldriver.QueryerContext = (*Conn)(nil)
	_ sqldriver.Pinger         = (*Conn)(nil)
)
