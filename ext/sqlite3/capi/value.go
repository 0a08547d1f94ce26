//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// rawValue returns a decoded value; text and blobs share its bytes.
func rawValue(v *C.mv_value) dbsp.Value {
	switch v._type {
	case C.MV_INTEGER:
		return dbsp.NewInteger(int64(v.num))
	case C.MV_REAL:
		return dbsp.NewReal(math.Float64frombits(uint64(v.num)))
	case C.MV_TEXT:
		return dbsp.NewText(stringAt(v.p, int(v.n)))
	case C.MV_BLOB:
		return dbsp.NewBlob(stringAt(v.p, int(v.n)))
	case C.MV_NOMEM:
		panic(errNoMemory)
	}
	return dbsp.Value{}
}

// stringAt returns the n bytes at p as a string without a copy: it is valid as long as that C memory is.
func stringAt(p unsafe.Pointer, n int) string {
	if n <= 0 || p == nil {
		return ""
	}
	return unsafe.String((*byte)(p), n)
}

// textAt returns the text at z without a copy, up to its NUL: it is valid as long as that C memory is.
func textAt(z *C.char) string {
	p := unsafe.Pointer(z)
	n := 0
	for z != nil && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return stringAt(p, n)
}

// cText returns s with a NUL at its end, for C to read during a call; a NUL within s is an error.
func cText(s string) (*C.char, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, &sqlite3.Error{Code: C.SQLITE_MISUSE, Message: "capi: NUL character in SQL text or name"}
	}
	if len(s) >= math.MaxInt32 {
		return nil, errTooBig
	}
	b := make([]byte, len(s)+1)
	copy(b, s)
	return (*C.char)(unsafe.Pointer(&b[0])), nil
}

// args implements sqlite3.Args over the decoded arguments of a callback.
type args struct {
	argv   **C.sqlite3_value
	values []C.mv_value
}

// Len implements sqlite3.Args.
func (a *args) Len() int { return len(a.values) }

// Raw implements sqlite3.Args.
func (a *args) Raw(i int) dbsp.Value { return rawValue(&a.values[i]) }

// Value implements sqlite3.Args.
func (a *args) Value(i int) dbsp.Value { return rawValue(&a.values[i]).Clone() }

// Numeric implements sqlite3.Args.
func (a *args) Numeric(i int) dbsp.Value {
	switch a.values[i]._type {
	case C.MV_TEXT, C.MV_BLOB:
		var v C.mv_value
		C.mv_numeric(a.argv, C.int(i), &v)
		return rawValue(&v)
	}
	return a.Raw(i)
}

// NoChange implements sqlite3.Args.
func (a *args) NoChange(i int) bool {
	_ = a.values[i]
	return C.mv_nochange(a.argv, C.int(i)) != 0
}

// result implements sqlite3.Result over a sqlite3_context* and the place where the C side, once the callback has
// returned, finds what to set there.
type result struct {
	ctx  *C.sqlite3_context
	out  *C.mv_value
	text unsafe.Pointer // memory for a text or blob on its way, size bytes
	size int
}

// maxText is the size of the largest text or blob that waits in the result's own memory, which saves a call.
const maxText = 1 << 14

// Set implements sqlite3.Result.
func (r *result) Set(v dbsp.Value) {
	switch v.Kind() {
	case dbsp.Integer:
		r.out.num, r.out._type = C.int64_t(v.Int()), C.MV_INTEGER
	case dbsp.Real:
		r.out.num, r.out._type = C.int64_t(math.Float64bits(v.Real())), C.MV_REAL
	case dbsp.Text, dbsp.Blob:
		s := v.Str()
		n := len(s)
		if n > maxText {
			r.out._type = C.MV_UNSET
			C.mv_result_bytes(r.ctx, unsafe.Pointer(unsafe.StringData(s)), C.int64_t(n), flag(v.Kind() == dbsp.Text))
			return
		}
		if n > r.size {
			size := max(minBuffer, 2*n)
			p := C.mv_realloc(r.text, C.int64_t(size))
			if p == nil {
				r.out._type = C.MV_NOMEM
				return
			}
			r.text, r.size = p, size
		}
		copy(unsafe.Slice((*byte)(r.text), n), s)
		r.out.p, r.out.n, r.out._type = r.text, C.int32_t(n), C.int32_t(v.Kind())
	default:
		r.out._type = C.MV_NULL
	}
}

// Error implements sqlite3.Result.
func (r *result) Error(err error) {
	if err == nil {
		return
	}
	r.out._type = C.MV_UNSET
	b := []byte(err.Error() + "\x00")
	C.mv_result_error(r.ctx, (*C.char)(unsafe.Pointer(&b[0])), -1, code(err))
}

// free gives the memory back.
func (r *result) free() {
	if r.text == nil {
		return
	}
	C.mv_free(r.text)
	r.text, r.size = nil, 0
}

// flag is C's truth value.
func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
