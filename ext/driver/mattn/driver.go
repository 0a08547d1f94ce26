//go:build cgo

// Package mattn registers the database/sql driver "sqlite-mv-mattn": github.com/mattn/go-sqlite3, which is SQLite in C,
// with materialized views that maintain themselves. It needs cgo, and the header sqlite3ext.h of SQLite (in Debian's
// package libsqlite3-dev).
//
//	import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"
//
//	db, err := sql.Open("sqlite-mv-mattn", "file:app.db?_foreign_keys=1")
//
// Data source names and their options are those of go-sqlite3. Importing this package also installs the engine into
// connections of the stock "sqlite3" driver and of those that a program registers with a ConnectHook, which know
// materialized views in SQLite's own syntax only (CREATE VIRTUAL TABLE v USING materialized_view(SELECT …)).
//
// A connection, as [database/sql.Conn.Raw] gives it, is a [*Conn].
package mattn

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/mattn/go-sqlite3"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/ext"
	mvdriver "github.com/sqlite-mv/sqlite-mv/ext/driver"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3/capi"
)

// Name is the name under which the driver is registered with database/sql.
const Name = "sqlite-mv-mattn"

func init() {
	sql.Register(Name, &Driver{})
	_ = install() // its error is reported by each opening
}

// install puts the engine and crsql into the connections that the SQLite of go-sqlite3 opens from now on.
var install = sync.OnceValue(func() error {
	return errors.Join(ext.Register(capi.Linked), crsql.Register(capi.Linked))
})

// Driver is the driver that is registered as "sqlite-mv-mattn". The zero value is ready for use; a program that needs
// Extensions or a ConnectHook registers one of its own under another name.
type Driver struct {
	sqlite3.SQLiteDriver
}

// Open opens a connection; name is a data source name of go-sqlite3.
func (d *Driver) Open(name string) (sqldriver.Conn, error) {
	if err := install(); err != nil {
		return nil, err
	}
	inner, err := d.SQLiteDriver.Open(name)
	if err != nil {
		return nil, err
	}
	x, ok := inner.(extras)
	if !ok {
		inner.Close()
		return nil, fmt.Errorf("mattn: this version of go-sqlite3 has another connection: %T", inner)
	}
	return &Conn{Conn: mvdriver.Wrap(inner, mvdriver.SequentialArguments), extras: x}, nil
}
