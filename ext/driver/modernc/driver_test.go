package modernc

import (
	"errors"
	"fmt"
	"testing"

	"modernc.org/sqlite"

	"github.com/sqlite-mv/sqlite-mv/ext/driver/drivertest"
)

func TestDriver(t *testing.T) {
	drivertest.Run(t, &drivertest.Subject{
		Driver: Name,
		Stock:  "sqlite",
		Code: func(err error) int {
			var e *sqlite.Error
			if !errors.As(err, &e) {
				return 0
			}
			return e.Code()
		},
		BusyTimeout: func(ms int) string { return fmt.Sprintf("_pragma=busy_timeout(%d)", ms) },
	})
}
