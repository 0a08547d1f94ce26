package modernc

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// This file has every conversion between addresses of C memory and Go pointers. Such an address is a uintptr: it points
// into memory that the garbage collector neither moves nor frees.

// transient is SQLITE_TRANSIENT: SQLite makes its own copy. 0, SQLITE_STATIC, lets it use ours.
const transient = ^uintptr(0)

// at returns the T at the address p of C memory.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// bytesAt returns the n bytes at the address p of C memory, n > 0.
func bytesAt(p uintptr, n int) []byte { return unsafe.Slice(at[byte](p), n) }

// stringAt returns the n bytes at p as a string without a copy: it is valid as long as that C memory is.
func stringAt(p uintptr, n int) string {
	if n <= 0 || p == 0 {
		return ""
	}
	return unsafe.String(at[byte](p), n)
}

// addressesAt returns the n addresses at p, such as an argv.
func addressesAt(p uintptr, n int32) []uintptr {
	if n <= 0 {
		return nil
	}
	return unsafe.Slice(at[uintptr](p), n)
}

// goString returns a copy of the NUL-terminated string at p, "" for a null pointer.
func goString(p uintptr) string {
	if p == 0 {
		return ""
	}
	return libc.GoString(p)
}

// cStringView returns the NUL-terminated string at p without a copy, "" for a null pointer.
func cStringView(p uintptr) string {
	n := 0
	for p != 0 && *at[byte](p + uintptr(n)) != 0 {
		n++
	}
	return stringAt(p, n)
}

// funcPointer returns what C code calls as a function pointer. f must be a top-level function: those are never moved or
// freed.
func funcPointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// alloc returns n bytes from sqlite3_malloc64, not cleared, 0 when there is no memory.
func alloc(tls *libc.TLS, n int) uintptr { return lib.Xsqlite3_malloc64(tls, lib.Tsqlite3_uint64(n)) }

// allocZero returns a cleared T from sqlite3_malloc64, 0 when there is no memory.
func allocZero[T any](tls *libc.TLS) uintptr {
	var zero T
	p := alloc(tls, int(unsafe.Sizeof(zero)))
	if p != 0 {
		*at[T](p) = zero
	}
	return p
}

// cString returns a NUL-terminated copy of s, to be freed by sqlite3_free; a NUL within s ends it for C.
func cString(tls *libc.TLS, s string) (uintptr, error) {
	p := alloc(tls, len(s)+1)
	if p == 0 {
		return 0, errNoMemory
	}
	b := bytesAt(p, len(s)+1)
	copy(b, s)
	b[len(s)] = 0
	return p, nil
}

// cText is cString for text that C must read to its end: a NUL within s is an error.
func cText(tls *libc.TLS, s string) (uintptr, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return 0, &sqlite3.Error{Code: lib.SQLITE_MISUSE, Message: "modernc: NUL character in SQL text or name"}
	}
	return cString(tls, s)
}
