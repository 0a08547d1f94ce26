package modernc

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// Limit is sqlite.Limit for a connection of this driver: it sets a run-time limit (https://www.sqlite.org/c3ref/limit.html)
// and returns the former value; a negative newVal only asks.
func Limit(c *sql.Conn, id int, newVal int) (r int, err error) {
	err = c.Raw(func(dc any) error {
		conn, ok := dc.(*Conn)
		if !ok {
			return fmt.Errorf("modernc: limit: not a connection of driver %s: %T", Name, dc)
		}
		// sqlite.Limit takes the inner connection from a *sql.Conn only, so it gets one for the moment. It is never
		// closed, for that would close the connection; it holds nothing else once its pool is closed.
		pool := sql.OpenDB(only{conn.Unwrap()})
		defer pool.Close()
		lent, err := pool.Conn(context.Background())
		if err != nil {
			return err
		}
		r, err = sqlite.Limit(lent, id, newVal)
		return err
	})
	return r, err
}

// only is a connector that gives the one connection it has.
type only struct{ conn sqldriver.Conn }

// Connect returns the connection.
func (o only) Connect(context.Context) (sqldriver.Conn, error) { return o.conn, nil }

// Driver returns the driver.
func (o only) Driver() sqldriver.Driver { return &Driver{} }
