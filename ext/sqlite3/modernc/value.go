package modernc

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// mem is a sqlite3_value.
type mem = lib.Tsqlite3_value

const memSize = unsafe.Sizeof(mem{})

// rawValue returns the sqlite3_value at p; text and blobs share its bytes. The common representations are read directly:
// that is what sqlite3_value_type and its like do, less the calls, and without the copy that sqlite3_value_text makes to
// add a terminator.
func rawValue(tls *libc.TLS, p uintptr) dbsp.Value {
	m := at[mem](p)
	switch m.Fflags & (lib.MEM_AffMask | lib.MEM_Zero) {
	case lib.MEM_Int:
		return dbsp.NewInteger(*(*int64)(unsafe.Pointer(&m.Fu)))
	case lib.MEM_Real:
		return dbsp.NewReal(m.Fu.Fr)
	case lib.MEM_Null:
		return dbsp.Value{}
	case lib.MEM_Str:
		if m.Fenc == lib.SQLITE_UTF8 {
			return dbsp.NewText(stringAt(m.Fz, int(m.Fn)))
		}
	case lib.MEM_Blob:
		return dbsp.NewBlob(stringAt(m.Fz, int(m.Fn)))
	}
	return slowValue(tls, p)
}

// slowValue is rawValue by the functions of the C API.
func slowValue(tls *libc.TLS, p uintptr) dbsp.Value {
	switch lib.Xsqlite3_value_type(tls, p) {
	case lib.SQLITE_INTEGER:
		return dbsp.NewInteger(lib.Xsqlite3_value_int64(tls, p))
	case lib.SQLITE_FLOAT:
		return dbsp.NewReal(lib.Xsqlite3_value_double(tls, p))
	case lib.SQLITE_TEXT:
		z := lib.Xsqlite3_value_text(tls, p) // before sqlite3_value_bytes: it may convert to UTF-8
		return dbsp.NewText(stringAt(z, int(lib.Xsqlite3_value_bytes(tls, p))))
	case lib.SQLITE_BLOB:
		z := lib.Xsqlite3_value_blob(tls, p) // before sqlite3_value_bytes: it may expand a zeroblob
		return dbsp.NewBlob(stringAt(z, int(lib.Xsqlite3_value_bytes(tls, p))))
	}
	return dbsp.Value{}
}

// numericValue is what SQLite's sum() sees of the value at p (sumStep in func.c): the result of
// sqlite3_value_numeric_type when that is INTEGER, otherwise sqlite3_value_double.
func numericValue(tls *libc.TLS, p uintptr) dbsp.Value {
	v := rawValue(tls, p)
	switch v.Kind() {
	case dbsp.Blob:
		return dbsp.NewReal(lib.Xsqlite3_value_double(tls, p))
	case dbsp.Text:
		// sqlite3_value_numeric_type replaces the text by the number, so it works on a copy.
		d := lib.Xsqlite3_value_dup(tls, p)
		if d == 0 {
			panic(errNoMemory)
		}
		defer lib.Xsqlite3_value_free(tls, d)
		if lib.Xsqlite3_value_numeric_type(tls, d) == lib.SQLITE_INTEGER {
			return dbsp.NewInteger(lib.Xsqlite3_value_int64(tls, d))
		}
		return dbsp.NewReal(lib.Xsqlite3_value_double(tls, d))
	}
	return v
}
