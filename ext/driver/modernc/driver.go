// Package modernc registers the database/sql driver "sqlite-mv": modernc.org/sqlite, without cgo, with materialized
// views that maintain themselves.
//
//	import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
//
//	db, err := sql.Open("sqlite-mv", "file:app.db?_pragma=foreign_keys(1)")
//
// Data source names and their options are those of modernc.org/sqlite, whose registered driver opens the connections:
// functions, collations, modules and connection hooks that the program registered there are present. Importing this
// package also installs the engine into connections of the stock "sqlite" driver, which know materialized views in
// SQLite's own syntax only (CREATE VIRTUAL TABLE v USING materialized_view(SELECT …)).
//
// A connection, as [database/sql.Conn.Raw] gives it, is a [*Conn].
package modernc

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"

	"modernc.org/sqlite"

	mvdriver "github.com/sqlite-mv/sqlite-mv/ext/driver"
)

// Name is the name under which the driver is registered with database/sql.
const Name = "sqlite-mv"

func init() {
	sql.Register(Name, &Driver{})
}

// Driver is the driver that is registered as "sqlite-mv". The zero value is ready for use.
type Driver struct{}

var _ sqldriver.DriverContext = (*Driver)(nil)

// Open opens a connection; name is a data source name of modernc.org/sqlite.
func (d *Driver) Open(name string) (sqldriver.Conn, error) {
	c, err := d.OpenConnector(name)
	if err != nil {
		return nil, err
	}
	return c.Connect(context.Background())
}

// OpenConnector implements driver.DriverContext. It does not open a connection; a data source name that can't be read
// is reported here.
func (d *Driver) OpenConnector(name string) (sqldriver.Connector, error) {
	c, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	return &connector{inner: c, driver: d}, nil
}

// NewConnector returns a connector for [database/sql.OpenDB]; name is a data source name of modernc.org/sqlite.
func NewConnector(name string) (sqldriver.Connector, error) { return (&Driver{}).OpenConnector(name) }

type connector struct {
	inner  sqldriver.Connector
	driver *Driver
}

// Connect opens a connection.
func (c *connector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	if err := install(); err != nil {
		return nil, err
	}
	inner, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	x, ok := inner.(extras)
	if !ok {
		inner.Close()
		return nil, fmt.Errorf("modernc: this version of modernc.org/sqlite has another connection: %T", inner)
	}
	return &Conn{Conn: mvdriver.Wrap(inner, mvdriver.SharedArguments), extras: x}, nil
}

// Driver returns the driver.
func (c *connector) Driver() sqldriver.Driver { return c.driver }
