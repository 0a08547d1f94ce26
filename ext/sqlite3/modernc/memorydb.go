package modernc

import (
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// WithMemory implements sqlite3.MemoryOpener.
func (c *conn) WithMemory(use func(sqlite3.Conn) error) (err error) {
	// The new connection's callbacks get a thread state of their own: this one's is in the middle of a call.
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := cText(tls, ":memory:")
	if err != nil {
		return err
	}
	defer lib.Xsqlite3_free(tls, name)
	slot := tls.Alloc(8)
	defer tls.Free(8)
	*at[uintptr](slot) = 0
	rc := lib.Xsqlite3_open_v2(tls, name, slot, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE|lib.SQLITE_OPEN_MEMORY, 0)
	m := &conn{db: *at[uintptr](slot), tls: tls, refs: 1}
	defer func() {
		m.tls = tls
		if rc := lib.Xsqlite3_close(tls, m.db); rc != lib.SQLITE_OK {
			if err == nil {
				err = m.err(rc)
			}
			lib.Xsqlite3_close_v2(tls, m.db)
		}
		m.release()
	}()
	if err := m.err(rc); err != nil {
		return err
	}
	return use(m)
}
