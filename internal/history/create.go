package history

import (
	"regexp"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// create creates a view on both sides.
func (x *execution) create(s *Step) error {
	stmt := s.SQL()
	existed := false
	if x.twin != nil {
		existed = x.exists(x.twin, s.view)
		if w := x.twin.run(oracle.PlainForm(stmt), false); w.err == nil && !existed {
			if _, err := oracle.Fetch(ctx, x.twin.conn, "SELECT * FROM "+s.view+" LIMIT 0"); err != nil {
				x.rep.Invalid++
				x.twin.run("DROP VIEW "+s.view, false)
				x.rep.outcomes[x.at] = err
				return nil
			}
		}
	} else {
		existed = x.exists(x.subject, s.view)
		if _, err := oracle.Fetch(ctx, x.subject.conn, "SELECT * FROM ("+s.query.SQL()+") LIMIT 0"); err != nil {
			x.rep.Invalid++
			x.rep.outcomes[x.at] = err
			return nil
		}
	}
	x.rep.Statements++
	x.rep.Definitions++
	if x.Mode == oracle.Plain {
		stmt = oracle.PlainForm(stmt)
	}
	got := x.subject.run(stmt, false)
	x.rep.outcomes[x.at] = got.err
	x.note("CREATE", got.err)
	if existed {
		if got.err == nil && !strings.Contains(stmt, "IF NOT EXISTS") {
			return wrong("outcome", "no error for the name of a view that exists\n  statement: %s", stmt)
		}
		return nil
	}
	if got.err == nil {
		if s.wild {
			x.rep.Wild++
		}
		x.defs[s.view] = s.query
		if err := x.sameTriggers(); err != nil {
			return err
		}
		return nil
	}
	_, dataErr := oracle.Fetch(ctx, x.subject.conn, s.query.SQL())
	if x.twin != nil {
		x.twin.run("DROP VIEW "+s.view, false)
	}
	if dataErr != nil {
		return nil
	}
	if got.locked() {
		return nil
	}
	// Which affinity a stored view column has is the engine's choice, so the generator can't tell which branches of a
	// compound SELECT over views differ in it, nor whether a comparison with such a column finds one row.
	overViews := viewName.MatchString(s.query.SQL()) &&
		(strings.Contains(got.err.Error(), "compound SELECT's column") || strings.Contains(got.err.Error(), "may have several rows"))
	if s.wild || overViews || x.h.UTF16 || x.temp && strings.Contains(got.err.Error(), "stale view") {
		x.rep.Refused++
		return nil
	}
	if x.Strict {
		return wrong("rejected", "%s\n  %v\n  %s", reason(got.err), got.err, s.query.SQL())
	}
	x.rep.Rejected[reason(got.err)] = got.err.Error() + "\n      " + s.query.SQL()
	return nil
}

var (
	viewName = regexp.MustCompile(`\bv\d`)
	number   = regexp.MustCompile(`\d+`)
	quoted   = regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")
)

// reason is an error's text without names, positions and what the planner read.
func reason(err error) string {
	text, read, _ := strings.Cut(err.Error(), "read as ")
	if at := strings.LastIndex(read, ": "); at >= 0 && !strings.Contains(read[at:], " AS ") {
		text += read[at:] // SQLite's complaint
	}
	return number.ReplaceAllString(quoted.ReplaceAllString(strings.SplitN(text, "\n", 2)[0], "…"), "#")
}

// refresh runs a statement that only the side with materialized views has.
func (x *execution) refresh(s *Step) error {
	if x.Mode == oracle.Plain || !x.exists(x.subject, s.view) {
		return nil
	}
	x.rep.Statements++
	got := x.subject.run(s.SQL(), false)
	x.rep.outcomes[x.at] = got.err
	x.note("REFRESH", got.err)
	if err := x.sameTriggers(); err != nil {
		return err
	}
	if x.mayStale[s.view] || x.temp {
		return nil
	}
	if got.locked() && x.shared {
		return nil
	}
	if got.err != nil && !(len(x.slots) > 0 && strings.Contains(got.err.Error(), "locked")) && !x.failedView(s.view) &&
		!strings.Contains(got.err.Error(), "already exists") {
		return wrong("outcome", "error %v\n  statement: %s", got.err, s.SQL())
	}
	return nil
}

// failedView tells whether the view's SELECT fails on the present data.
func (x *execution) failedView(name string) bool {
	def := x.defs[name]
	if def == nil {
		return true
	}
	_, err := oracle.Fetch(ctx, x.subject.conn, oracle.Reference(x.Mode, def.SQL()))
	return err != nil
}
