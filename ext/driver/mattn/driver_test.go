//go:build cgo

package mattn

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"
	"go.uber.org/goleak"

	"github.com/sqlite-mv/sqlite-mv/ext/driver/drivertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// withFunction is the driver with a ConnectHook, as a program would register one.
const withFunction = "sqlite-mv-mattn-doubled"

func init() {
	sql.Register(withFunction, &Driver{sqlite3.SQLiteDriver{ConnectHook: doubled}})
	sql.Register("sqlite3-doubled", &sqlite3.SQLiteDriver{ConnectHook: doubled})
}

func doubled(c *sqlite3.SQLiteConn) error {
	median := func() *median { return &median{} }
	if err := c.RegisterAggregator("median", median, true); err != nil {
		return err
	}
	return c.RegisterFunc("doubled", func(v any) (int64, error) {
		n, ok := v.(int64)
		if !ok {
			return 0, errors.New("doubled: not an integer")
		}
		return 2 * n, nil
	}, true)
}

// median is drivertest's aggregate as go-sqlite3 calls it.
type median struct{ drivertest.Median }

func (m *median) Step(x any) error {
	if b, ok := x.([]byte); ok && b == nil {
		x = nil // which is how go-sqlite3 hands over a NULL
	}
	return m.Median.Step(x)
}

func (m *median) Done() any { return m.Median.Done() }

func TestDriver(t *testing.T) {
	drivertest.Run(t, &drivertest.Subject{
		Driver: withFunction,
		Stock:  "sqlite3-doubled",
		Code: func(err error) int {
			var e sqlite3.Error
			if !errors.As(err, &e) {
				return 0
			}
			return int(e.ExtendedCode)
		},
		BusyTimeout: func(ms int) string { return fmt.Sprintf("_busy_timeout=%d", ms) },
		Sequential:  true,
	})
}
