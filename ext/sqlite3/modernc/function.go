package modernc

import (
	"fmt"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

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
		return fmt.Errorf("modernc: function %s needs one of Scalar and NewAggregate", f.Name)
	}
	z, err := cText(c.tls, f.Name)
	if err != nil {
		return err
	}
	defer lib.Xsqlite3_free(c.tls, z)
	flags := int32(lib.SQLITE_UTF8)
	if f.Deterministic {
		flags |= lib.SQLITE_DETERMINISTIC
	}
	if f.Innocuous {
		flags |= lib.SQLITE_INNOCUOUS
	}
	if f.DirectOnly {
		flags |= lib.SQLITE_DIRECTONLY
	}
	var xFunc, xStep, xFinal uintptr
	if f.Scalar != nil {
		xFunc = funcPointer(xScalar)
	} else {
		xStep, xFinal = funcPointer(xAggregateStep), funcPointer(xAggregateFinal)
	}
	c.retain()
	copied := *f
	h := functions.Put(&function{conn: c, impl: &copied})
	// SQLite calls xFunctionDestroy also when this fails.
	return c.err(lib.Xsqlite3_create_function_v2(c.tls, c.db, z, int32(f.NArg), flags, uintptr(h),
		xFunc, xStep, xFinal, funcPointer(xFunctionDestroy)))
}

// xFunctionDestroy ends a function: its connection closes, it was replaced, or it could not be registered.
func xFunctionDestroy(tls *libc.TLS, user uintptr) {
	f := functions.Get(uint32(user))
	functions.Remove(uint32(user))
	f.conn.tls = tls
	f.conn.release()
}

func functionOf(tls *libc.TLS, ctx uintptr) *function {
	return functions.Get(uint32(lib.Xsqlite3_user_data(tls, ctx)))
}

// leaveFunction, deferred, ends the callback's frame and turns a panic into the function's error.
func leaveFunction(c *conn, f *frame) {
	c.pop()
	if r := recover(); r != nil {
		f.result.Error(sqlite3.PanicError(r))
	}
}

func xScalar(tls *libc.TLS, ctx uintptr, argc int32, argv uintptr) {
	fn := functionOf(tls, ctx)
	f := fn.conn.push(tls, argc, argv)
	f.result.ctx = ctx
	defer leaveFunction(fn.conn, f)
	fn.impl.Scalar(fn.conn, &f.result, &f.args)
}

func xAggregateStep(tls *libc.TLS, ctx uintptr, argc int32, argv uintptr) {
	fn := functionOf(tls, ctx)
	p := lib.Xsqlite3_aggregate_context(tls, ctx, 4)
	if p == 0 {
		lib.Xsqlite3_result_error_nomem(tls, ctx)
		return
	}
	f := fn.conn.push(tls, argc, argv)
	f.result.ctx = ctx
	defer leaveFunction(fn.conn, f)
	h := at[uint32](p)
	if *h == 0 {
		*h = aggregates.Put(&aggregate{impl: fn.impl.NewAggregate()})
	}
	if err := aggregates.Get(*h).impl.Step(&f.args); err != nil {
		f.result.Error(err)
	}
}

func xAggregateFinal(tls *libc.TLS, ctx uintptr) {
	fn := functionOf(tls, ctx)
	f := fn.conn.push(tls, 0, 0)
	f.result.ctx = ctx
	defer leaveFunction(fn.conn, f)
	var impl sqlite3.Aggregate
	if p := lib.Xsqlite3_aggregate_context(tls, ctx, 0); p != 0 && *at[uint32](p) != 0 {
		h := *at[uint32](p)
		*at[uint32](p) = 0
		impl = aggregates.Get(h).impl
		aggregates.Remove(h)
	} else {
		impl = fn.impl.NewAggregate() // a group without rows
	}
	impl.Final(&f.result)
}
