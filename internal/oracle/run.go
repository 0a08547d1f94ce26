package oracle

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Run runs a script. dir is an empty folder for the database file. With update set, the rows that queries gave are put
// in place of the expected ones in s.
func Run(ctx context.Context, cfg Config, s *Script, dir string, update bool) (err error) {
	r := &runner{script: s, cfg: cfg, update: update, slots: map[string]*OpenQuery{}}
	if r.cfg.DSN, r.cfg.Second = DSN(s.Database, dir); s.Database == "memory" {
		r.cfg.Second = false
	} else {
		r.cfg.Second = cfg.Second
	}
	if r.db, err = Open(ctx, r.cfg); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.db.Close()) }()
	defer func() {
		for _, o := range r.slots {
			o.Close()
		}
	}()
	for i := range s.Steps {
		if err := r.step(ctx, &s.Steps[i]); err != nil {
			return fmt.Errorf("%s:%d: %w\n  in: %s %s %s", s.Name, s.Steps[i].Line, err, s.Steps[i].Do, s.Steps[i].SQL,
				s.Steps[i].Text)
		}
	}
	// A view and its SELECT that only ever fail agree, and prove nothing.
	for _, name := range r.db.neverRead() {
		return fmt.Errorf("%s: view %s could never be read", s.Name, name)
	}
	return nil
}

// DSN returns the data source name of a database of the given kind ("memory" or a journal mode) in the folder dir, and
// whether several connections see one database.
func DSN(kind, dir string) (dsn string, shared bool) {
	if kind == "memory" {
		return ":memory:", false
	}
	return "file:" + filepath.Join(dir, "test.db") + "?_journal_mode=" + kind + "&_synchronous=0&_busy_timeout=0", true
}

type runner struct {
	script *Script
	cfg    Config
	db     *DB
	update bool
	slots  map[string]*OpenQuery
}

func (r *runner) step(ctx context.Context, s *Step) error {
	switch s.Do {
	case "exec":
		r.db.quiet = s.Quiet
		_, err, check := r.db.Exec(ctx, s.SQL)
		r.db.quiet = false
		if err := expect(s, err); err != nil {
			return err
		}
		return check
	case "query":
		return r.query(ctx, s)
	case "open":
		verb := strings.ToUpper(strings.Fields(s.SQL)[0])
		o, err := OpenRows(ctx, r.db.Conn(), strings.TrimSuffix(s.SQL, ";"), s.N, r.cfg.Mode == Materialized &&
			(verb == "SELECT" || verb == "WITH"))
		if err := expect(s, err); err != nil {
			return err
		}
		if o != nil {
			r.slots[s.Slot] = o
		}
		return r.db.Check(ctx)
	case "step", "shut", "drop":
		return r.slot(ctx, s)
	case "conn":
		return r.db.Use(ctx, s.Text)
	case "reopen":
		if err := r.db.Close(); err != nil {
			return err
		}
		db, err := Open(ctx, r.cfg)
		if err != nil {
			return err
		}
		db.free, db.refs, db.stale, db.read = r.db.free, r.db.refs, r.db.stale, r.db.read
		r.db = db
		return r.db.Check(ctx)
	case "free":
		view, f, err := ParseFree(s.Text)
		if err != nil {
			return err
		}
		key := strings.ToLower(view)
		r.db.free[key] = append(r.db.free[key], f)
	case "reference":
		view, query, _ := strings.Cut(s.Text, " ")
		r.db.SetReference(view, query)
	case "probe":
		view, query, _ := strings.Cut(s.Text, " ")
		return r.db.Probe(ctx, view, query)
	case "stale", "fresh":
		r.db.SetStale(s.Text, s.Do == "stale") // as of the next statement
	case "schemas":
		r.db.cfg.Schemas = strings.FieldsFunc(s.Text, func(c rune) bool { return c == ',' || c == ' ' })
	}
	return nil
}

func (r *runner) slot(ctx context.Context, s *Step) error {
	o := r.slots[s.Slot]
	if o == nil {
		return fmt.Errorf("oracle: no open query %s", s.Slot)
	}
	var err error
	switch s.Do {
	case "step":
		err = o.Step(s.N)
	case "shut":
		delete(r.slots, s.Slot)
		err = o.Finish()
	case "drop":
		delete(r.slots, s.Slot)
		err = o.Close()
	}
	if err != nil {
		return err
	}
	return r.db.Check(ctx)
}

func (r *runner) query(ctx context.Context, s *Step) error {
	t, err := Fetch(ctx, r.db.Conn(), strings.TrimSuffix(s.SQL, ";"))
	if err := expect(s, err); err != nil {
		return err
	}
	var got []string
	if t != nil {
		for _, row := range t.Rows {
			got = append(got, RowString(row))
		}
	}
	if r.update {
		s.Rows = got
	} else if strings.Join(got, "\n") != strings.Join(s.Rows, "\n") {
		return fmt.Errorf("oracle: rows differ\n  got:\n    %s\n  want:\n    %s", strings.Join(got, "\n    "),
			strings.Join(s.Rows, "\n    "))
	}
	return r.db.Check(ctx)
}

// expect compares a statement's error with what the script expects of it.
func expect(s *Step, err error) error {
	switch {
	case s.MayFail:
		return nil
	case !s.Fails:
		return err
	case err == nil:
		return fmt.Errorf("oracle: no error, expected %q", s.Text)
	case !strings.Contains(err.Error(), s.Text):
		return fmt.Errorf("oracle: error %q, expected %q", err, s.Text)
	}
	return nil
}
