package driver

import (
	"context"
	sqldriver "database/sql/driver"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// script is a text with statements that need translation, cut at them.
type script struct {
	text  string
	parts []part
	// exact tells that the text ends where its last statement ends.
	exact bool
}

// part is one statement to translate, or a run of statements for the inner driver (command nil). Offsets are into the
// script's text; the last run includes the blanks at the end.
type part struct {
	start, end int
	command    *sqltext.Command
}

// readScript returns nil for a text that the inner driver can have as it is.
func readScript(text string) *script {
	if !sqltext.MayContainCommand(text) || !opensCommand(text) {
		return nil
	}
	s := &script{text: text, exact: true}
	commands := 0
	for _, st := range sqltext.Split(text) {
		if st.Empty() {
			s.exact = false // only the last statement can be empty
			if n := len(s.parts); n > 0 && s.parts[n-1].command == nil {
				s.parts[n-1].end = st.End
			}
			continue
		}
		if c, ok := sqltext.Recognise(st.Text(text)); ok {
			commands++
			s.parts = append(s.parts, part{st.Start, st.End, &c})
			continue
		}
		if n := len(s.parts); n > 0 && s.parts[n-1].command == nil {
			s.parts[n-1].end = st.End
			continue
		}
		s.parts = append(s.parts, part{st.Start, st.End, nil})
	}
	if commands == 0 {
		return nil
	}
	return s
}

// opensCommand looks for two words in a row as only commands have them. It spares statements with a column called
// index_name, say, from being split at each execution.
func opensCommand(text string) bool {
	var last sqltext.Token
	after := func(words ...string) bool {
		for _, w := range words {
			if last.Is(text, w) {
				return true
			}
		}
		return false
	}
	for at := 0; at < len(text); {
		t := sqltext.Next(text, at)
		at = t.End
		if t.Blank() {
			continue
		}
		if t.Is(text, "INDEX") && after("CREATE", "UNIQUE") ||
			t.Is(text, "MATERIALIZED") && after("CREATE", "TEMP", "TEMPORARY", "DROP", "REFRESH", "EXPLAIN", "ALTER") {
			return true
		}
		last = t
	}
	return false
}

// singles returns the script with one part for each statement.
func (s *script) singles() *script {
	out := &script{text: s.text, exact: s.exact}
	for _, p := range s.parts {
		if p.command != nil {
			out.parts = append(out.parts, p)
			continue
		}
		for _, st := range sqltext.Split(s.text[p.start:p.end]) {
			if !st.Empty() {
				out.parts = append(out.parts, part{p.start + st.Start, p.start + st.End, nil})
			}
		}
	}
	return out
}

// body returns the text of part i.
func (s *script) body(i int) string { return s.text[s.parts[i].start:s.parts[i].end] }

// execScript runs the parts in order; the result is that of the last one that has one, as in a text without views.
func (c *Conn) execScript(ctx context.Context, s *script, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	var result sqldriver.Result
	used := 0
	for i, p := range s.parts {
		own, taken, err := c.rule(ctx, c.inner, s.body(i), args, used)
		if err != nil {
			return nil, err
		}
		used += taken
		var r sqldriver.Result
		if p.command == nil {
			r, err = execInner(ctx, c.inner, s.body(i), own)
		} else {
			r, err = c.execCommand(ctx, s, i)
		}
		if err != nil {
			return nil, err
		}
		if r != nil {
			result = r
		}
	}
	return result, nil
}

// queryScript runs the statements in order and returns rows by modernc.org/sqlite's rule: those of the last statement
// that gave any; but the last statement's, rows or none, when the text ends right behind it. Rows that are not returned
// are closed as soon as there are others, for an open reader keeps tables and indexes from being dropped.
func (c *Conn) queryScript(ctx context.Context, s *script, args []sqldriver.NamedValue) (_ sqldriver.Rows, err error) {
	s = s.singles()
	var kept sqldriver.Rows
	defer func() {
		if err != nil && kept != nil {
			kept.Close()
		}
	}()
	used := 0
	for i := range s.parts {
		rows, taken, err := c.queryPart(ctx, s, i, args, used)
		if err != nil {
			return nil, err
		}
		used += taken
		last := i == len(s.parts)-1
		if last && kept == nil {
			return rows, nil
		}
		ahead, found, err := readAhead(rows)
		if err != nil {
			rows.Close()
			return nil, err
		}
		var dropped sqldriver.Rows = ahead
		if found || kept == nil || last && s.exact {
			dropped, kept = kept, ahead
		}
		if dropped != nil {
			if err := dropped.Close(); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

func (c *Conn) queryPart(ctx context.Context, s *script, i int, args []sqldriver.NamedValue, used int) (
	rows sqldriver.Rows, taken int, err error) {
	body := s.body(i)
	own, taken, err := c.rule(ctx, c.inner, body, args, used)
	if err != nil {
		return nil, 0, err
	}
	if s.parts[i].command != nil {
		rows, err = c.queryCommand(ctx, s, i)
		return rows, taken, err
	}
	rows, err = queryInner(ctx, c.inner, body, own)
	return rows, taken, err
}
