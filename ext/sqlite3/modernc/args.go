package modernc

import (
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// args implements sqlite3.Args over an argv of sqlite3_value*.
type args struct {
	tls    *libc.TLS
	values []uintptr
}

// Len implements sqlite3.Args.
func (a *args) Len() int { return len(a.values) }

// Raw implements sqlite3.Args.
func (a *args) Raw(i int) dbsp.Value { return rawValue(a.tls, a.values[i]) }

// Value implements sqlite3.Args.
func (a *args) Value(i int) dbsp.Value { return rawValue(a.tls, a.values[i]).Clone() }

// Numeric implements sqlite3.Args.
func (a *args) Numeric(i int) dbsp.Value { return numericValue(a.tls, a.values[i]) }

// NoChange implements sqlite3.Args.
func (a *args) NoChange(i int) bool { return lib.Xsqlite3_value_nochange(a.tls, a.values[i]) != 0 }

// result implements sqlite3.Result over a sqlite3_context*.
type result struct {
	conn *conn
	ctx  uintptr
}

// freePointer is the destructor for memory that SQLite takes over.
var freePointer = funcPointer(lib.Xsqlite3_free)

// maxScratch is the size of the largest value that passes through the connection's scratch buffer. SQLite copies it from
// there into memory that it reuses from row to row, which is cheaper than an allocation for each; past this size a second
// copy would be dearer.
const maxScratch = 1 << 14

// Set implements sqlite3.Result.
func (r *result) Set(v dbsp.Value) {
	tls := r.conn.tls
	switch v.Kind() {
	case dbsp.Integer:
		lib.Xsqlite3_result_int64(tls, r.ctx, v.Int())
	case dbsp.Real:
		lib.Xsqlite3_result_double(tls, r.ctx, v.Real())
	case dbsp.Text, dbsp.Blob:
		s := v.Str()
		var p uintptr
		free := transient
		if len(s) <= maxScratch {
			p = r.conn.scratchBuffer()
		} else {
			p, free = alloc(tls, len(s)), freePointer
		}
		if p == 0 {
			lib.Xsqlite3_result_error_nomem(tls, r.ctx)
			return
		}
		if len(s) > 0 {
			copy(bytesAt(p, len(s)), s)
		}
		if v.Kind() == dbsp.Text {
			lib.Xsqlite3_result_text64(tls, r.ctx, p, lib.Tsqlite3_uint64(len(s)), free, lib.SQLITE_UTF8)
		} else {
			lib.Xsqlite3_result_blob64(tls, r.ctx, p, lib.Tsqlite3_uint64(len(s)), free)
		}
	default:
		lib.Xsqlite3_result_null(tls, r.ctx)
	}
}

// Error implements sqlite3.Result.
func (r *result) Error(err error) {
	if err == nil {
		return
	}
	tls := r.conn.tls
	if z, e := cString(tls, err.Error()); e == nil {
		lib.Xsqlite3_result_error(tls, r.ctx, z, -1)
		lib.Xsqlite3_free(tls, z)
	}
	lib.Xsqlite3_result_error_code(tls, r.ctx, code(err))
}
