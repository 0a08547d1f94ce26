package ext

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// imageTracker knows, within one statement, rows whose fate triggers alone don't tell, in two ways:
//
// A table without interfering triggers of the user's has events in true order, and they are logged as they come. Only
// REPLACE deletes without firing delete triggers: a BEFORE trigger stashes the rows in conflict with NEW, and the AFTER
// trigger of the operation finds which of them vanished.
//
// In a tracked table (layout.tracked) triggers of the user's fire before ours. A BEFORE trigger may write the very row
// that is being updated or deleted, and the OLD image that our trigger is shown is then out of date (so may the trigger of
// a row that REPLACE deletes to make place); an AFTER trigger may write the new row before our trigger has told of its
// insertion. Such a table's events only tell which rows were
// touched, and what each was before the statement; at the statement's end each is read from the table, and the
// difference is logged.
//
// Rows are known by identity: rowid or primary key, encoded with its collations.
type imageTracker struct {
	rows map[trackedID]*trackedRow
	// fresh are the rows stashed since the last AFTER event, each of which may have vanished by it.
	fresh []*trackedRow
}

type trackedID struct {
	layout int64
	id     string
}

// trackedRow is what is known of a row.
type trackedRow struct {
	lay *layout
	at  dbsp.Row // some image with the row's identity
	// image is, for a table that is not tracked, the row as it is now; for one that is, what the first event of the
	// statement showed of it as stored already, nil when that event was its insertion.
	image dbsp.Row
	// tracked: so was its table when the statement began. stashed: it may be replaced. first: a stash was the first event.
	tracked, stashed, first bool
	// net counts insert less delete events. Events may come late, but for each insertion and deletion there is one.
	net int
	// now is what the last event left, nil when that was a delete. unsure is set when events contradict each other.
	now    dbsp.Row
	unsure bool
}

func (t *imageTracker) empty() bool { return len(t.rows) == 0 }

func (t *imageTracker) clear() {
	t.rows = nil
	t.fresh = nil
}

func (t *imageTracker) find(lay *layout, image dbsp.Row) *trackedRow {
	if len(t.rows) == 0 {
		return nil
	}
	return t.rows[trackedID{lay.id, lay.identity(image)}]
}

func (t *imageTracker) put(lay *layout, identity, image dbsp.Row, stashed bool) *trackedRow {
	if t.rows == nil {
		t.rows = map[trackedID]*trackedRow{}
	}
	id := trackedID{lay.id, lay.identity(identity)}
	r := &trackedRow{lay: lay, at: slices.Clone(identity), tracked: lay.tracked, stashed: stashed}
	if image != nil {
		r.image = slices.Clone(image)
	}
	t.rows[id] = r
	return r
}

// take removes and returns the entry of the row with image's identity, nil when there is none.
func (t *imageTracker) take(lay *layout, image dbsp.Row) *trackedRow {
	r := t.find(lay, image)
	if r != nil {
		delete(t.rows, trackedID{lay.id, lay.identity(image)})
	}
	return r
}

// track takes an event that can't simply be logged.
func (d *database) track(lay *layout, kind int, values dbsp.Row) error {
	if lay.tracked {
		d.note(lay, kind, values)
		return nil
	}
	t, l, n := &d.tx.images, &d.tx.log, len(lay.columns)
	switch kind {
	case eventStash:
		t.fresh = append(t.fresh, t.put(lay, values, values, true))
		return nil
	case eventDelete:
		t.take(lay, values)
		return l.appendRow(lay.id, deleted, values)
	case eventInsert:
		if err := d.replaced(lay, values); err != nil {
			return err
		}
	case eventUpdate:
		before, after := values[:n], values[n:]
		stashed := t.take(lay, before)
		if lay.identity(before) != lay.identity(after) {
			if err := d.replaced(lay, after); err != nil {
				return err
			}
		} else if stashed != nil {
			// It may still be replaced: a trigger changed it, or an earlier operation of the statement spared it.
			t.put(lay, after, after, true)
		}
		if err := l.appendRow(lay.id, deleted, before); err != nil {
			return err
		}
	}
	// The rows that it replaced go first: at no place in the log do two rows have one unique key.
	after := values[len(values)-n:]
	if err := d.vanished(lay, after); err != nil {
		return err
	}
	return l.appendRow(lay.id, inserted, after)
}

// note notes an event of a tracked table.
func (d *database) note(lay *layout, kind int, values dbsp.Row) {
	t, n := &d.tx.images, len(lay.columns)
	entry := func(at, image dbsp.Row) *trackedRow {
		if r := t.find(lay, at); r != nil {
			return r
		}
		return t.put(lay, at, image, false)
	}
	switch kind {
	case eventStash:
		first := t.find(lay, values) == nil
		r := entry(values, values)
		r.stashed, r.first = true, r.first || first
	case eventDelete:
		r := entry(values, values)
		r.shows(values)
		r.now = nil
		r.net--
		r.stashed = false
	case eventInsert:
		r := entry(values, nil)
		if lay.late && r.first && slices.Equal(values, r.image) {
			r.unsure = true // a row of this statement that was stashed before its insertion was told of, or an older one
		}
		r.now = slices.Clone(values)
		if r.stashed {
			r.stashed = false // it took the place of a row with its identity, which no event tells
		} else {
			r.net++
		}
	case eventUpdate:
		before, after := values[:n], values[n:]
		r := entry(before, before)
		r.shows(before)
		if r.now != nil && d.e.replacing && !slices.Equal(before, r.now) {
			// A BEFORE trigger changed the row, and with it what NEW had been when conflicting rows were stashed.
			r.unsure = true
		}
		if lay.identity(before) == lay.identity(after) {
			r.now = slices.Clone(after)
			return
		}
		r.now = nil
		r.net--
		r.stashed = false
		r = entry(after, nil)
		r.now = slices.Clone(after)
		if r.stashed {
			r.stashed = false
		} else {
			r.net++
		}
	}
}

// shows compares the OLD image of an event with what earlier ones left. It may be the image from before the statement,
// when a BEFORE trigger changed the row meanwhile; any other comes from an operation whose own event is late.
func (r *trackedRow) shows(old dbsp.Row) {
	if !slices.Equal(old, r.now) && !slices.Equal(old, r.image) {
		r.unsure = true
	}
}

// before tells what the row was before the statement, given what the table has now. sure is false when the events allow
// both.
func (r *trackedRow) before(now dbsp.Row) (image dbsp.Row, sure bool) {
	present := -r.net
	if now != nil {
		present++
	}
	switch {
	case r.unsure:
		return nil, false
	case !r.lay.late:
		return r.image, true // events come in order: the first one shows what was there
	case now != nil && !slices.Equal(r.now, now):
		return nil, false // they did not come in order
	case present == 1 || r.first:
		return r.image, r.image != nil
	case present != 0:
		return nil, false
	case r.stashed && now == nil:
		// It may have been replaced without an event, and then have been there before.
		return nil, r.image == nil
	}
	return nil, true
}

// replaced logs the end of the stashed row that had the identity which image has now.
func (d *database) replaced(lay *layout, image dbsp.Row) error {
	r := d.tx.images.take(lay, image)
	if r == nil {
		return nil
	}
	return d.tx.log.appendRow(lay.id, deleted, r.image)
}

// vanished logs the end of the rows stashed for this operation that are no longer in the table. The row of the operation
// itself, with image now, exists. Those that are still there are looked at again at the statement's end only: an operation
// within a trigger may come between the stash and the operation that it is for.
func (d *database) vanished(lay *layout, now dbsp.Row) error {
	t := &d.tx.images
	if len(t.fresh) == 0 {
		return nil
	}
	self := lay.identity(now)
	for _, r := range t.fresh {
		id := trackedID{r.lay.id, r.lay.identity(r.at)}
		if t.rows[id] != r || id == (trackedID{lay.id, self}) {
			continue // decided by an event of its own
		}
		image, err := d.presentImage(r.lay, r.at)
		if err != nil {
			return err
		}
		if image != nil {
			continue
		}
		if err := d.tx.log.appendRow(r.lay.id, deleted, r.image); err != nil {
			return err
		}
		delete(t.rows, id)
	}
	t.fresh = t.fresh[:0]
	return nil
}

// settleImages ends a statement for the tracker: every row of a tracked table that the statement touched, and every row
// that it may have replaced, is compared with the table, and what changed is logged.
func (d *database) settleImages() error {
	if err := d.collect(); err != nil {
		return err
	}
	t := &d.tx.images
	if t.empty() {
		return nil
	}
	type image struct {
		lay *layout
		row dbsp.Row
	}
	var present []image // logged after all that went, for then no two rows have one unique key
	for _, r := range t.rows {
		if !r.tracked && !r.stashed {
			continue
		}
		now, err := d.presentImage(r.lay, r.at)
		if isDatabase(err) {
			return err
		}
		if err != nil {
			d.recompute(r.lay) // the table was dropped or altered since
			continue
		}
		if !r.tracked {
			// Replaced after an operation within a trigger, or by an update of columns that no view uses, of which no AFTER
			// trigger tells.
			if now == nil {
				if err := d.tx.log.appendRow(r.lay.id, deleted, r.image); err != nil {
					return err
				}
			}
			continue
		}
		before, sure := r.before(now)
		if !sure {
			d.recompute(r.lay)
			continue
		}
		if before != nil && now != nil && slices.Equal(before, now) {
			continue
		}
		if before != nil {
			if err := d.tx.log.appendRow(r.lay.id, deleted, before); err != nil {
				return err
			}
		}
		if now != nil {
			present = append(present, image{r.lay, now})
		}
	}
	for _, p := range present {
		if err := d.tx.log.appendRow(p.lay.id, inserted, p.row); err != nil {
			return err
		}
	}
	t.clear()
	return nil
}

// recompute has the views on a table computed anew at the next step.
func (d *database) recompute(lay *layout) {
	for _, v := range d.viewsOn(lay.table) {
		d.tx.rebuild[v.name] = true
	}
}

// presentImage reads the row with image's identity from the table, nil when it is gone.
func (d *database) presentImage(lay *layout, image dbsp.Row) (dbsp.Row, error) {
	s, err := d.e.kept(&lay.probe, lay.probeSQL(d.table(lay.table)))
	if err != nil {
		return nil, err
	}
	defer s.Reset()
	for i, p := range lay.ident {
		if err := s.Bind(i+1, image[p]); err != nil {
			return nil, err
		}
	}
	ok, err := s.Fetch()
	if err != nil || !ok {
		return nil, err
	}
	return columnsOf(s, 0, len(lay.columns)), nil
}

// columnsOf copies n columns of the current row.
func columnsOf(s sqlite3.Stmt, from, n int) dbsp.Row {
	row := make(dbsp.Row, n)
	for i := range row {
		row[i] = s.Column(from + i)
	}
	return row
}
