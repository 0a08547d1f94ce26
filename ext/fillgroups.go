package ext

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// Where the output is filled directly, so are the accumulators of groups over a table, as it is or filtered and projected,
// when what they sum is all INTEGER: SQLite groups and sums, and functions write keys and accumulators.
//
//	groupKeyFunction(c0, k0, …)            see filldirect.go
//	accumulatorFunction(c0, …, n, v0, s0, …)  the accumulator of the group c of n rows, v values of an aggregate with sum s
//
// Sums that are not INTEGER are an error, as is one that overflows: then the circuit makes the accumulators.

const accumulatorFunction = internalPrefix + "accumulator"

var errNotIntegers = errors.New("ext: a sum is not INTEGER")

// fillGroups fills what accumulators of a view it can, beside its output, and tells the circuit.
func (d *database) fillGroups(m *machine) error {
	filled := map[int]bool{}
	for _, f := range m.plan.GroupFills() {
		if f.Shown != nil || !m.circuit.KeptAlone(f.Node) {
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

// fillOutput fills the output with its groups, if that is what the view shows, and tells the circuit.
func (d *database) fillOutput(m *machine) (bool, error) {
	for _, f := range m.plan.GroupFills() {
		if f.Shown == nil {
			continue
		}
		d.tx.flushed = true
		ok, err := d.fillAccumulators(m, f)
		if ok {
			m.circuit.Filled(map[int]bool{f.Node: true})
		}
		return ok, err
	}
	return false, nil
}

// fillAccumulators reports false where the circuit has to do it.
func (d *database) fillAccumulators(m *machine, f planner.GroupFill) (bool, error) {
	if len(f.Group)+2*len(f.Arguments) >= directWidth {
		return false, nil
	}
	src := &m.sources[f.Source]
	var input, key, parts, results []string
	for i, c := range f.Input {
		input = append(input, fmt.Sprintf(`%s AS "c%d"`, ident(src.columns[c]), i))
	}
	for i, x := range f.Group {
		key = append(key, fmt.Sprintf("%s, %d", x, f.Aggregate.Group[i].Collation))
	}
	for i, x := range f.Arguments {
		a := f.Aggregate.Aggregates[i]
		if a.Func == dbsp.CountStar {
			parts, results = append(parts, "0", "0"), append(results, "count(*)")
			continue
		}
		argument := "(" + x + ")"
		results = append(results, a.Func.String()+argument)
		sum := "sum" + argument
		if a.Func == dbsp.Count {
			sum = "0"
		}
		parts = append(parts, "count"+argument, sum)
	}
	if len(input) == 0 {
		input = []string{"NULL"}
	}
	from := "(SELECT " + strings.Join(input, ", ") + " FROM " + d.table(src.table)
	if !f.Covered {
		from += " NOT INDEXED"
	}
	from += ")"
	if f.Where != "" {
		from += " WHERE " + f.Where
	}
	keyed := groupKeyFunction + "(" + strings.Join(key, ", ") + ")"
	accumulator := accumulatorFunction + "(" + strings.Join(slices.Concat(f.Group, []string{"count(*)"}, parts), ", ") + ")"
	into := fmt.Sprintf("%s SELECT %d, %s, x'', %s, 1", m.state.ops(), f.Aggregate.ID, keyed, accumulator)
	if f.Shown != nil {
		shown := strings.Join(pick(slices.Concat(f.Group, results), f.Shown), ", ")
		into = fmt.Sprintf("%s SELECT %s, 1, %s, %s", m.state.out(), shown, keyed, accumulator)
	}
	e := d.e
	e.summing = &summing{f: f}
	defer func() { e.summing = nil }()
	err := e.query(fmt.Sprintf("INSERT INTO %s FROM %s GROUP BY %s", into, from, strings.Join(f.Group, ", ")), nil, nil)
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
