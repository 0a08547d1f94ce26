package modernc

import (
	"errors"
	"testing"

	"modernc.org/libc"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3/bindingtest"
)

// sqlite3_memory_used must be asked for before SQLite is initialised, which the tests do.
var _ = func() bool {
	tls := libc.NewTLS()
	defer tls.Close()
	va := tls.Alloc(8)
	defer tls.Free(8)
	return lib.Xsqlite3_config(tls, lib.SQLITE_CONFIG_MEMSTATUS, libc.VaList(va, int32(1))) == lib.SQLITE_OK
}()

// subject is this binding.
var subject = &bindingtest.Subject{
	Binding: Binding,
	Driver:  "sqlite",
	Code: func(err error) int {
		var e *driver.Error
		if !errors.As(err, &e) {
			return 0
		}
		return e.Code()
	},
	Handles: func() [5]int {
		return [5]int{modules.InUse(), vtabs.InUse(), cursors.InUse(), functions.InUse(), aggregates.InUse()}
	},
	LastHandles: func() [5]uint32 {
		return [5]uint32{modules.Last(), vtabs.Last(), cursors.Last(), functions.Last(), aggregates.Last()}
	},
	Slow: func(a sqlite3.Args, i int) dbsp.Value { return slowValue(a.(*args).tls, a.(*args).values[i]) },
	Memory: func() int64 {
		tls := libc.NewTLS()
		defer tls.Close()
		return int64(lib.Xsqlite3_memory_used(tls))
	},
}

func TestBinding(t *testing.T) { bindingtest.Run(t, subject) }

func BenchmarkBinding(b *testing.B) { bindingtest.Bench(b, subject) }
