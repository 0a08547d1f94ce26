package history

import (
	"errors"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// shown is what a view showed after a step.
type shown struct {
	step      int
	statement string
	view      string
	rows      []string // sorted; a column that may show one of several values is left out
	err       string
}

// Differ runs a history over two drivers of the engine and compares, row by row and value by value, what every view shows
// after each statement after which the history looks at views. read is how many views were read.
func Differ(h *History, a, b Runner) (read int, failure *Failure) {
	one, failure := a.reads(h)
	if failure != nil {
		return 0, failure
	}
	two, failure := b.reads(h)
	if failure != nil {
		return 0, failure
	}
	return len(one), different(a.Driver, b.Driver, one, two)
}

// different compares what two drivers showed.
func different(a, b string, one, two []shown) *Failure {
	fail := func(step int, format string, args ...any) *Failure {
		return &Failure{"differ", step, sprintf(format, args...)}
	}
	for i := range min(len(one), len(two)) {
		x, y := one[i], two[i]
		switch {
		case x.step != y.step || x.view != y.view:
			return fail(x.step, "%s looks at view %s, %s at %s after step %d", a, x.view, b, y.view, y.step)
		case x.err != y.err:
			return fail(x.step, "view %s after %s: error %q by %s, %q by %s", x.view, x.statement, x.err, a, y.err, b)
		case !slices.Equal(x.rows, y.rows):
			return fail(x.step, "view %s after %s:\n  %s: %v\n  %s: %v", x.view, x.statement, a, x.rows, b, y.rows)
		}
	}
	if len(one) != len(two) {
		return fail(0, "%d reads by %s, %d by %s", len(one), a, len(two), b)
	}
	return nil
}

// reads runs a history and returns what the views showed.
func (r Runner) reads(h *History) (all []shown, failure *Failure) {
	r.after = func(x *execution, statement string) {
		if x.subject.tx.Open() && !h.Steps[x.at].check {
			return
		}
		views, err := x.views(x.subject.conn)
		if err != nil {
			all = append(all, shown{step: x.at, statement: statement, err: core(err)})
			return
		}
		for _, v := range views {
			s := shown{step: x.at, statement: statement, view: v.Name}
			t, err := oracle.Fetch(ctx, x.subject.conn, "SELECT * FROM "+x.h.Schema+"."+v.Name)
			switch {
			case errors.Is(err, oracle.ErrBusy):
				continue
			case err != nil:
				s.err = core(err)
			default:
				s.rows = fixedRows(t, v.Free)
			}
			all = append(all, s)
		}
	}
	failure = r.Run(h).Failure
	return all, failure
}

// fixedRows prints rows without the free columns, sorted.
func fixedRows(t *oracle.Table, free []oracle.Free) []string {
	for i, c := range t.Columns {
		if slices.ContainsFunc(free, func(f oracle.Free) bool { return f.Column == c }) {
			for _, r := range t.Rows {
				r[i] = dbsp.Value{}
			}
		}
	}
	rows := rowStrings(t.Rows)
	slices.Sort(rows)
	return rows
}
