package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// settle heals the network, lets what flies arrive, brings all to the latest schema, and has all exchange until nothing
// is left to be sent.
func (w *world) settle() error {
	w.trace("settling")
	w.net.cut = nil
	for len(w.net.flying) > 0 {
		if err := w.deliver(); err != nil {
			return err
		}
	}
	for _, p := range w.peers {
		for p.version < len(migrations) {
			if err := p.migrate(); err != nil {
				return err
			}
		}
	}
	for round := 0; ; round++ {
		if round > 30 {
			return errors.New("the peers do not come to rest")
		}
		moved := false
		for _, p := range w.peers {
			for _, from := range w.peers {
				if p == from {
					continue
				}
				m, err := w.pull(p, from)
				if err != nil {
					return err
				}
				moved = moved || m
			}
		}
		if !moved {
			return nil
		}
	}
}

// pull brings to p all that it lacks of from, and tells whether that was anything. Who does not know deletions that the
// other has forgotten is begun anew.
func (w *world) pull(p, from *peer) (moved bool, err error) {
	for piece := 0; ; piece++ {
		if piece > 10_000 {
			return moved, fmt.Errorf("%v gets no further with %v", p, from)
		}
		r, err := crsql.Ask(context.Background(), p.Conn)
		if err != nil {
			return moved, err
		}
		request, _ := r.AppendBinary(nil)
		reply, err := w.serve(from, request, w.r.IntN(200))
		if errors.Is(err, crsql.ErrCompacted) {
			return true, w.empty(p)
		}
		if err != nil {
			return moved, err
		}
		b, _ := reply.AppendBinary(nil)
		got, err := w.receive(p, b)
		if errors.Is(err, crsql.ErrOutdated) {
			return true, w.empty(p)
		}
		if errors.Is(err, crsql.ErrCompacted) {
			return true, w.catchUp(from, p)
		}
		if err != nil {
			return moved, err
		}
		if !got.Advanced {
			return moved, fmt.Errorf("%v did not advance with %v, alone", p, from)
		}
		moved = moved || got.Won > 0
		if !reply.More {
			return moved, nil
		}
	}
}

// catchUp has p merge what from has, or begin anew where it can't.
func (w *world) catchUp(p, from *peer) error {
	r, err := crsql.Ask(context.Background(), p.Conn)
	if err != nil {
		return err
	}
	reply, err := crsql.Serve(context.Background(), from.Conn, r, 0)
	if err == nil {
		_, err = crsql.Receive(context.Background(), p.Conn, reply)
	}
	if errors.Is(err, crsql.ErrCompacted) || errors.Is(err, crsql.ErrOutdated) {
		return w.empty(p)
	}
	return err
}

// look compares the views of one peer with their SELECTs.
func (w *world) look() error { return w.checkViews(w.any()) }

func (w *world) checkViews(p *peer) error {
	for name, v := range views {
		if v.since > p.version {
			continue
		}
		want, err := p.rows(v.query)
		if err != nil {
			return err
		}
		got, err := p.rows("SELECT * FROM v_" + name)
		if err != nil {
			return fmt.Errorf("%v: view %s: %w", p, name, err)
		}
		w.report.Checks++
		if want != got {
			return fmt.Errorf("%v: view %s shows\n%s\nits SELECT gives\n%s", p, name, got, want)
		}
	}
	return nil
}

// rows returns the rows of a query, sorted, as a text.
func (p *peer) rows(query string) (string, error) {
	rows, err := p.Query(query)
	if err != nil {
		return "", fmt.Errorf("%v: %s: %w", p, query, err)
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = line(r)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), nil
}

func line(r []dbsp.Value) string {
	parts := make([]string, len(r))
	for i, v := range r {
		parts[i] = v.String()
	}
	return strings.Join(parts, ", ")
}

// compare demands that all peers have the same tables and views, that views are right, and that sending everything to
// everyone once more changes nothing.
func (w *world) compare() error {
	first, err := w.see(w.peers[0])
	if err != nil {
		return err
	}
	w.report.Rows = int64(strings.Count(first, "\n"))
	for _, p := range w.peers {
		if err := w.checkViews(p); err != nil {
			return err
		}
		if got, err := w.see(p); err != nil || got != first {
			return errors.Join(err, fmt.Errorf("%v has, and %v has not\n%s\nand the other way round\n%s", w.peers[0], p, lacking(first, got),
				lacking(got, first)))
		}
		// Each peer has numbered the events in its own order, without holes. Where a part of an event was on files only that
		// are no more, it is numbered as it is.
		if err := p.Exec("SELECT crsql_settle_logs()"); err != nil {
			return err
		}
		numbers, err := p.rows("SELECT count(*), ifnull(max(seq), 0), (SELECT count(*) FROM events) FROM events__crsql_log")
		if err != nil {
			return err
		}
		if n := strings.Split(numbers, ", "); n[0] != n[1] || n[1] != n[2] {
			return fmt.Errorf("%v: events numbered, greatest number, events: %s", p, numbers)
		}
	}
	for _, p := range w.peers {
		for _, from := range w.peers {
			if p == from {
				continue
			}
			for c, err := range crsql.Changes(context.Background(), from.Conn, 0) {
				if err != nil {
					return err
				}
				won, err := crsql.Apply(context.Background(), p.Conn, crsql.Each([]crsql.Change{c}))
				if err != nil {
					return err
				}
				if forgotten := c.CL%2 == 0 && w.report.Forgotten > 0; won != 0 && !forgotten {
					return fmt.Errorf("%v had a change that %v never got: %v", from, p, c)
				}
			}
		}
		if got, err := w.see(p); err != nil || got != first {
			return errors.Join(err, fmt.Errorf("%v changed by changes that did not win:\n%s\n%s", p, first, got))
		}
	}
	return nil
}

// lacking returns the lines of a text that another lacks.
func lacking(text, other string) string {
	has := map[string]bool{}
	for l := range strings.Lines(other) {
		has[l] = true
	}
	var b strings.Builder
	for l := range strings.Lines(text) {
		if !has[l] {
			b.WriteString(l)
		}
	}
	return b.String()
}

// see writes down the tables and views of a peer.
func (w *world) see(p *peer) (string, error) {
	var b strings.Builder
	for _, t := range tables(p.version) {
		columns, err := p.Query(fmt.Sprintf("SELECT group_concat(quote(name), '') FROM (SELECT name FROM pragma_table_info('%s') ORDER BY name)", t))
		if err != nil {
			return "", err
		}
		rows, err := p.rows("SELECT * FROM " + t)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s %s\n%s\n", t, columns[0][0].Str(), rows)
	}
	names := []string{}
	for name := range views {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		rows, err := p.rows("SELECT * FROM v_" + name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "v_%s\n%s\n", name, rows)
	}
	return b.String(), nil
}
