package ext

import (
	"math"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// registerFunctions registers mv_version() and the exact aggregates mv_sum, mv_avg and mv_total: what the views'
// sum, avg and total give, the correctly rounded exact sum, for comparing a view with its SELECT.
func (e *engine) registerFunctions() error {
	fs := []*sqlite3.Function{{
		Name: "mv_version", NArg: 0, Deterministic: true, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) { r.Set(dbsp.NewText(Version)) },
	}}
	fs = append(fs, &sqlite3.Function{
		Name: numericFunction, NArg: 1, Deterministic: true, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { r.Set(args.Numeric(0)) },
	})
	for _, kind := range []string{"sum", "avg", "total"} {
		fs = append(fs, &sqlite3.Function{
			Name: exactPrefix + kind, NArg: 1, Deterministic: true, Innocuous: true,
			NewAggregate: func() sqlite3.Aggregate { return &exactAggregate{kind: kind} },
		})
	}
	for _, f := range fs {
		if err := e.conn.CreateFunction(f); err != nil {
			return err
		}
	}
	return nil
}

const exactPrefix = "mv_"

// exactAggregate is sum, avg or total over one group, exactly.
type exactAggregate struct {
	kind  string
	sum   dbsp.Exact
	count int64
	reals int64
}

// Step takes a row. NULLs don't count.
func (a *exactAggregate) Step(args sqlite3.Args) error {
	if args.Raw(0).IsNull() {
		return nil
	}
	a.count++
	v := args.Numeric(0)
	if v.Kind() == dbsp.Integer {
		a.sum.AddInteger(v.Int(), 1)
	} else {
		a.reals++
		a.sum.Add(v.Real(), 1)
	}
	return nil
}

// Final gives the result, with SQLite's types.
func (a *exactAggregate) Final(r sqlite3.Result) {
	switch {
	case a.kind == "total":
		r.Set(dbsp.NewReal(a.sum.Float()))
	case a.count == 0:
		r.Set(dbsp.Value{})
	case a.kind == "avg":
		r.Set(dbsp.NewReal(a.sum.Float() / float64(a.count)))
	case a.reals == 0:
		if i, ok := a.sum.Integer(); ok {
			r.Set(dbsp.NewInteger(i))
		} else {
			r.Error(&sqlite3.Error{Code: sqlite3.CodeError, Message: "integer overflow"})
		}
	default:
		if f := a.sum.Float(); math.IsNaN(f) {
			r.Set(dbsp.Value{})
		} else {
			r.Set(dbsp.NewReal(f))
		}
	}
}
