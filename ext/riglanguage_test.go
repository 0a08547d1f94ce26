package ext

import (
	"fmt"
	"strconv"
	"strings"
)

// line is one step of a history, in the language of testdata/capture:
//
//	x CONN SQL               run
//	t CONN SCHEMA TABLE ID [COLUMNS]   put capture on a table at this point, so that its triggers are older or newer than
//	                         the user's; on those of its columns that are listed, with | between, or on all
//	k CONN SCHEMA ID SQL     a user's trigger, created now
//	p CONN SLOT N SQL        prepare and step N times, leaving the statement open
//	s CONN SLOT N            step it N more times
//	f CONN SLOT              finalize it
//	d CONN N SQL             run with the N-th write to disk failing
//	? CONN                   check now, inside a transaction
//
// "SELECT … FROM mv_reader" reads a view; "SELECT mv_flush()" makes the engine step.
type line struct {
	verb          string
	schema, table string // t
	slot          string // p, s, f
	n             int    // p, s, d
	sql           string
}

// String is the line in the language.
func (l line) String() string {
	switch l.verb {
	case "t":
		return strings.TrimSpace(fmt.Sprintf("t 0 %s %s 0 %s", l.schema, l.table, l.sql))
	case "k":
		return "k 0 main 0 " + l.sql
	case "p":
		return fmt.Sprintf("p 0 %s %d %s", l.slot, l.n, l.sql)
	case "s":
		return fmt.Sprintf("s 0 %s %d", l.slot, l.n)
	case "f":
		return "f 0 " + l.slot
	case "d":
		return fmt.Sprintf("d 0 %d %s", l.n, l.sql)
	case "?":
		return "? 0"
	}
	return l.verb + " 0 " + l.sql
}

// columns are those that a t line names.
func (l line) columns() []string {
	if l.sql == "" {
		return nil
	}
	return strings.Split(l.sql, "|")
}

func format(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

// parseLines reads a history.
func parseLines(text string) ([]line, error) {
	words := map[string]int{"x": 1, "t": 4, "k": 3, "p": 3, "s": 3, "f": 2, "d": 2, "?": 1}
	var out []line
	for i, s := range strings.Split(text, "\n") {
		if strings.TrimSpace(s) == "" || strings.HasPrefix(s, "#") {
			continue
		}
		verb, rest, _ := strings.Cut(s, " ")
		n, ok := words[verb]
		if !ok {
			return nil, fmt.Errorf("line %d: unknown verb %q", i+1, verb)
		}
		w := strings.SplitN(rest, " ", n+1)
		if len(w) < n {
			return nil, fmt.Errorf("line %d: too short: %q", i+1, s)
		}
		l := line{verb: verb}
		if len(w) > n {
			l.sql = w[n]
		}
		var err error
		switch verb {
		case "t":
			l.schema, l.table = w[1], w[2]
		case "p", "s":
			l.slot = w[1]
			l.n, err = strconv.Atoi(w[2])
		case "f":
			l.slot = w[1]
		case "d":
			l.n, err = strconv.Atoi(w[1])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		out = append(out, l)
	}
	return out, nil
}
