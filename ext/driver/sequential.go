package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"strconv"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// SequentialArguments is the rule of github.com/mattn/go-sqlite3: each statement of a text takes as many of the arguments
// as it has parameters, behind those of the statements before it. Named arguments are seen by all.
func SequentialArguments(_ context.Context, _ sqldriver.Conn, text string, args []sqldriver.NamedValue, used int) (
	own []sqldriver.NamedValue, taken int, err error) {
	want := 0 // of the first statement that takes any
	for _, s := range sqltext.Split(text) {
		n := parameters(s.Text(text))
		if taken == 0 {
			want = n
		}
		taken += n
	}
	first := min(used, len(args))
	last := min(used+taken, len(args))
	own = append(own, args[first:last]...)
	for i, a := range args {
		if taken > 0 && a.Name != "" && (i < first || i >= last) {
			own = append(own, a)
		}
	}
	if n := max(len(args)-used, 0); n < want && len(args) > 0 {
		// The driver says so of the text in one piece; a piece for which nothing is left would get NULLs.
		return nil, 0, fmt.Errorf("not enough args to execute query: want %d got %d", want, n)
	}
	for i := range own {
		own[i].Ordinal = i + 1
	}
	return own, taken, nil
}

// parameters is sqlite3_bind_parameter_count of a statement: the largest number of a parameter.
func parameters(text string) int {
	names := map[string]bool{}
	n := 0
	for _, t := range sqltext.Tokens(text) {
		if t.Kind != sqltext.TokParam {
			continue
		}
		name := t.Text(text)
		number, err := strconv.Atoi(name[1:])
		switch {
		case name == "?":
			n++
		case name[0] == '?' && err == nil:
			n = max(n, number)
		case !names[name]:
			names[name] = true
			n++
		}
	}
	return n
}
