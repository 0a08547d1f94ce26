// Package faultdisk is a disk whose writes fail when a test wants it: a VFS for modernc.org/sqlite.
package faultdisk

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Name is the VFS: open a database by "file:…?vfs=faultdisk". Register must have been called.
const Name = "faultdisk"

var (
	countdown atomic.Int64 // writes up to the one that fails; 0: none will
	once      sync.Once
	failure   error

	methods struct {
		sync.Mutex
		ours map[uintptr]uintptr // by the methods of the real file
		real map[uintptr]uintptr
	}
	realVFS uintptr
)

// FailWrite makes the n-th write from now on fail with SQLITE_IOERR_WRITE, and none after it; 0 lets all succeed.
func FailWrite(n int) { countdown.Store(int64(n)) }

// Pending reports whether a failure that was asked for is still to come.
func Pending() bool { return countdown.Load() > 0 }

// Register makes the VFS known to SQLite. It stays for the life of the process.
func Register() error {
	once.Do(func() {
		tls := libc.NewTLS()
		defer tls.Close()
		methods.ours, methods.real = map[uintptr]uintptr{}, map[uintptr]uintptr{}
		realVFS = lib.Xsqlite3_vfs_find(tls, 0)
		name := lib.Xsqlite3_malloc(tls, int32(len(Name)+1))
		p := lib.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
		if realVFS == 0 || name == 0 || p == 0 {
			failure = fmt.Errorf("faultdisk: no VFS or no memory")
			return
		}
		copy(unsafe.Slice(at[byte](name), len(Name)+1), Name+"\x00")
		v := at[lib.Tsqlite3_vfs](p)
		*v = *at[lib.Tsqlite3_vfs](realVFS)
		v.FzName, v.FpNext, v.FxOpen = name, 0, pointer(xOpen)
		if rc := lib.Xsqlite3_vfs_register(tls, p, 0); rc != lib.SQLITE_OK {
			failure = fmt.Errorf("faultdisk: register: %d", rc)
		}
	})
	return failure
}

// at returns the T at an address of C memory, which the garbage collector neither moves nor frees.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer returns what C code calls as a function pointer; function the reverse.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func function[F any](p uintptr) F {
	x := struct{ p uintptr }{p}
	return *(*F)(unsafe.Pointer(&x))
}

// xOpen opens the real file and gives it methods that count writes.
func xOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[lib.Tsqlite3_vfs](realVFS).FxOpen)
	rc := open(tls, vfs, name, file, flags, out)
	f := at[lib.Tsqlite3_file](file)
	if rc != lib.SQLITE_OK || f.FpMethods == 0 {
		return rc
	}
	methods.Lock()
	defer methods.Unlock()
	m := methods.ours[f.FpMethods]
	if m == 0 {
		if m = lib.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(lib.Tsqlite3_io_methods{}))); m == 0 {
			return rc // it just won't fail
		}
		*at[lib.Tsqlite3_io_methods](m) = *at[lib.Tsqlite3_io_methods](f.FpMethods)
		at[lib.Tsqlite3_io_methods](m).FxWrite = pointer(xWrite)
		methods.ours[f.FpMethods], methods.real[m] = m, f.FpMethods
	}
	f.FpMethods = m
	return rc
}

func xWrite(tls *libc.TLS, file, buf uintptr, n int32, offset lib.Tsqlite3_int64) int32 {
	if countdown.Load() > 0 && countdown.Add(-1) == 0 {
		return lib.SQLITE_IOERR_WRITE
	}
	methods.Lock()
	m := methods.real[at[lib.Tsqlite3_file](file).FpMethods]
	methods.Unlock()
	write := function[func(*libc.TLS, uintptr, uintptr, int32, lib.Tsqlite3_int64) int32](at[lib.Tsqlite3_io_methods](m).FxWrite)
	return write(tls, file, buf, n, offset)
}
