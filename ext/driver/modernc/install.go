package modernc

import (
	"errors"
	"sync"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/ext"
	binding "github.com/sqlite-mv/sqlite-mv/ext/sqlite3/modernc"
)

// install puts the engine and crsql into the connections that modernc.org/sqlite opens from now on, those of its own driver
// included. It runs once, at program start: that initialises SQLite, so a program that imports this package can't use
// sqlite.RegisterPageCache, which must come before (as with modernc.org/sqlite/vec).
var install = sync.OnceValue(func() error {
	return errors.Join(ext.Register(binding.Binding), crsql.Register(binding.Binding))
})

func init() {
	_ = install() // its error is reported by each opening
}
