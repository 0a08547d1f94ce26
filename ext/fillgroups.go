package ext

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// Where the output is filled directly, so are the accumulators of groups over a table as it is, when what they sum is all
// INTEGER: SQLite groups and sums, and functions write keys and accumulators.
//
//	groupKeyFunction(c0, k0, …)            see filldirect.go
//	accumulatorFunction(c0, …, n, v0, s0, …)  the accumulator of the group c of n rows, v values of an aggregate with sum s
//
// Sums that are not INTEGER are an error, as is one that overflows: then the circuit makes the accumulators.

const accumulatorFunction = internalPrefix + "accumulator"

var errNotIntegers = errors.New("ext: a sum is not INTEGER")

// fillGroups fills what accumulators of a view it can, and tells the circuit.
func (d *database) fillGroups(m *machine) error {
	filled := map[int]bool{}
	for _, f := range m.plan.GroupFills() {
		if len(f.Group)+2*len(f.Arguments) >= directWidth || !m.circuit.KeptAlone(f.Node) {
			continue
		}
		ok, err := d.fillAccumulators(m, f)
		if err != nil {
			return err
		}
		if ok {
			filled[f.Node] = true
		}
	}
	m.circuit.Filled(filled)
	return nil
}

// fillAccumulators reports false where the circuit has to do it.
func (d *database) fillAccumulators(m *machine, f planner.GroupFill) (bool, error) {
	src := &m.sources[f.Source]
	var group, key, acc []string
	for i, c := range f.Group {
		name := ident(src.columns[c])
		group = append(group, name)
		key = append(key, fmt.Sprintf("%s, %d", name, f.Aggregate.Group[i].Collation))
	}
	acc = append(acc, group...)
	acc = append(acc, "count(*)")
	for i, c := range f.Arguments {
		switch f.Aggregate.Aggregates[i].Func {
		case dbsp.CountStar:
			acc = append(acc, "0", "0")
		case dbsp.Count:
			acc = append(acc, "count("+ident(src.columns[c])+")", "0")
		default:
			acc = append(acc, "count("+ident(src.columns[c])+")", "sum("+ident(src.columns[c])+")")
		}
	}
	e := d.e
	e.summing = &summing{f: f}
	defer func() { e.summing = nil }()
	from := d.table(src.table)
	if !f.Covered {
		from += " NOT INDEXED"
	}
	err := e.query(fmt.Sprintf("INSERT INTO %s SELECT %d, %s(%s), x'', %s(%s), 1 FROM %s GROUP BY %s", m.state.ops(),
		f.Aggregate.ID, groupKeyFunction, strings.Join(key, ", "), accumulatorFunction, strings.Join(acc, ", "), from,
		strings.Join(group, ", ")), nil, nil)
	if err == nil || isCode(err, sqlite3.CodeInterrupt) {
		return err == nil, err
	}
	return false, nil // what the statement did is undone
}

// summing is the fill that is running.
type summing struct {
	f     planner.GroupFill
	row   dbsp.Row
	parts []dbsp.Part
	buf   []byte
}

// accumulator implements accumulatorFunction.
func (s *summing) accumulator(r sqlite3.Result, args sqlite3.Args) {
	n := len(s.f.Group)
	if s.row = s.row[:0]; args.Len() != n+1+2*len(s.f.Arguments) {
		r.Error(errNotIntegers)
		return
	}
	for i := range n {
		s.row = append(s.row, args.Raw(i))
	}
	s.parts = s.parts[:0]
	for i := range s.f.Arguments {
		values, sum := args.Raw(n+1+2*i).Int(), args.Raw(n+2+2*i)
		if sum.Kind() != dbsp.Integer && !sum.IsNull() {
			r.Error(errNotIntegers)
			return
		}
		part := dbsp.Part{Values: values}
		if !sum.IsNull() {
			part.Sum = sum.Int()
		}
		s.parts = append(s.parts, part)
	}
	s.buf = s.f.Summing.Accumulator(s.buf[:0], s.row, args.Raw(n).Int(), s.parts)
	r.Set(dbsp.NewBlob(string(s.buf)))
}

// registerAccumulator registers accumulatorFunction, which is for a fill that runs.
func (e *engine) registerAccumulator() error {
	return e.conn.CreateFunction(&sqlite3.Function{
		Name: accumulatorFunction, NArg: -1, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			if e.summing == nil {
				r.Error(errNotIntegers)
				return
			}
			e.summing.accumulator(r, args)
		},
	})
}
