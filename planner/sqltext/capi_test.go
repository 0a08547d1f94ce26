package sqltext

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// cAPI is a bare connection for what database/sql does not show.
type cAPI struct {
	tls *libc.TLS
	db  uintptr
	out uintptr // 16 bytes for results
}

func openC(t testing.TB) *cAPI {
	c := &cAPI{tls: libc.NewTLS()}
	c.out = libc.Xmalloc(c.tls, 16)
	name, err := libc.CString(":memory:")
	require.NoError(t, err)
	defer libc.Xfree(c.tls, name)
	flags := int32(sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE)
	require.Zero(t, sqlite3.Xsqlite3_open_v2(c.tls, name, c.out, flags, 0))
	c.db = c.result(0)
	schema, err := libc.CString(testSchema)
	require.NoError(t, err)
	defer libc.Xfree(c.tls, schema)
	require.Zero(t, sqlite3.Xsqlite3_exec(c.tls, c.db, schema, 0, 0, 0))
	t.Cleanup(func() {
		require.Zero(t, sqlite3.Xsqlite3_close(c.tls, c.db))
		libc.Xfree(c.tls, c.out)
		c.tls.Close()
	})
	return c
}

func (c *cAPI) result(i int) uintptr {
	return uintptr(binary.NativeEndian.Uint64(libc.GoBytes(c.out, 16)[8*i:]))
}

// complete is sqlite3_complete.
func (c *cAPI) complete(src string) bool {
	text, err := libc.CString(src)
	if err != nil {
		panic(err)
	}
	defer libc.Xfree(c.tls, text)
	return sqlite3.Xsqlite3_complete(c.tls, text) != 0
}

// prepare compiles the first statement of src and returns the offset of its tail.
func (c *cAPI) prepare(src string) (tail int, ok bool) {
	text, err := libc.CString(src)
	if err != nil {
		panic(err)
	}
	defer libc.Xfree(c.tls, text)
	rc := sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, c.out, c.out+8)
	tail = int(c.result(1) - text)
	sqlite3.Xsqlite3_finalize(c.tls, c.result(0))
	return tail, rc == sqlite3.SQLITE_OK
}

// keywords returns SQLite's own list.
func (c *cAPI) keywords() []string {
	var out []string
	for i := range sqlite3.Xsqlite3_keyword_count(c.tls) {
		sqlite3.Xsqlite3_keyword_name(c.tls, i, c.out, c.out+8)
		n := int(int32(c.result(1)))
		out = append(out, string(libc.GoBytes(c.result(0), n)))
	}
	return out
}
