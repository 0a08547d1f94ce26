//go:build cgo

package capi

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// function is a registered SQL function; its handle is SQLite's user data.
type function struct {
	conn *conn
	impl *sqlite3.Function
}

// aggregate is the state of an aggregate function over one group; its handle is in the aggregate context. SQLite calls
// xFinal for each, also when a step failed or the statement was given up.
type aggregate struct{ impl sqlite3.Aggregate }

// CreateFunction implements sqlite3.Conn.
func (c *conn) CreateFunction(f *sqlite3.Function) error {
	if (f.Scalar == nil) == (f.NewAggregate == nil) {
		return fmt.Errorf("capi: function %s needs one of Scalar and NewAggregate", f.Name)
	}
	z, err := cText(f.Name)
	if err != nil {
		return err
	}
	flags := C.int(C.SQLITE_UTF8)
	if f.Deterministic {
		flags |= C.SQLITE_DETERMINISTIC
	}
	if f.Innocuous {
		flags |= C.SQLITE_INNOCUOUS
	}
	if f.DirectOnly {
		flags |= C.SQLITE_DIRECTONLY
	}
	c.retain()
	copied := *f
	h := functions.Put(&function{conn: c, impl: &copied})
	// SQLite calls the destructor also when this fails.
	return c.err(C.mv_create_function(c.db, z, C.int(f.NArg), flags, C.uintptr_t(h), flag(f.NewAggregate != nil)))
}

// mvFunctionDestroy ends a function: its connection closes, it was replaced, or it could not be registered.
//
//export mvFunctionDestroy
func mvFunctionDestroy(h C.uintptr_t) {
	f := functions.Get(uint32(h))
	functions.Remove(uint32(h))
	f.conn.release()
}

// leaveFunction, deferred, ends the callback's frame and turns a panic into the function's error.
func leaveFunction(c *conn, f *frame) {
	c.pop()
	if r := recover(); r != nil {
		f.result.Error(sqlite3.PanicError(r))
	}
}

// mvFunction is xFunc, or with the place of a group's handle, xStep.
//
//export mvFunction
func mvFunction(h C.uintptr_t, ctx *C.sqlite3_context, argc C.int, argv **C.sqlite3_value, values *C.mv_value,
	group *C.uint32_t, out *C.mv_value) {
	fn := functions.Get(uint32(h))
	f := fn.conn.push(argc, argv, values)
	f.result.ctx, f.result.out = ctx, out
	defer leaveFunction(fn.conn, f)
	if group == nil {
		fn.impl.Scalar(fn.conn, &f.result, &f.args)
		return
	}
	if *group == 0 {
		*group = C.uint32_t(aggregates.Put(&aggregate{impl: fn.impl.NewAggregate()}))
	}
	if err := aggregates.Get(uint32(*group)).impl.Step(&f.args); err != nil {
		f.result.Error(err)
	}
}

// mvFinal is xFinal.
//
//export mvFinal
func mvFinal(h C.uintptr_t, ctx *C.sqlite3_context, group unsafe.Pointer, out *C.mv_value) {
	fn := functions.Get(uint32(h))
	f := fn.conn.push(0, nil, nil)
	f.result.ctx, f.result.out = ctx, out
	defer leaveFunction(fn.conn, f)
	var impl sqlite3.Aggregate
	if g := (*uint32)(group); g != nil && *g != 0 {
		impl = aggregates.Get(*g).impl
		aggregates.Remove(*g)
		*g = 0
	} else {
		impl = fn.impl.NewAggregate() // a group without rows
	}
	impl.Final(&f.result)
}
