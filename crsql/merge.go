package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// A merge decides change by change, as cr-sqlite does, by the row's causal length, then by the column's version, then by
// the value. What wins is written: first the row itself, where triggers see it and constraints may refuse it, then the
// clocks. So an error leaves nothing of a change behind. Winning columns of one row that come one after the other within one
// call of merge are written together.

// merge merges changes in their order. After an error, those before may have been merged.
func (c *conn) merge(changes ...arrival) error {
	c.enter()
	defer c.leave()
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].table == changes[0].table && changes[n].pk == changes[0].pk {
			n++
		}
		if err := c.mergeRow(changes[:n]); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

// mergeRow merges changes of one row.
func (c *conn) mergeRow(changes []arrival) error {
	for i := range changes {
		if err := changes[i].check(); err != nil {
			return err
		}
	}
	if err := c.enlist(); err != nil {
		return err
	}
	sch, err := c.schemaNow()
	if err != nil {
		return err
	}
	if err := c.applyDeclared(sch); err != nil {
		return err
	}
	first := &changes[0]
	t, err := c.table(first.table)
	if err != nil {
		return err
	}
	if t == nil {
		return c.refuseTable(changes)
	}
	r := &c.row
	// A statement that inserts one change into crsql_changes counts as one change when it ends.
	if n := c.TotalChanges() - r.total; !r.is(t, first.pk) || n != 0 && n != 1 {
		if t, err = c.findRow(t, first); err != nil {
			return err
		}
	}
	for i := range changes {
		if err := c.mergeOne(t, &changes[i]); err != nil {
			r.forget()
			return err
		}
	}
	err = c.writeWinners(t)
	if err == nil && t.log != nil {
		err = c.eventArrived(t)
	}
	if err != nil {
		r.forget()
		return err
	}
	r.total = c.TotalChanges()
	return nil
}

// mergeOne decides on a change.
func (c *conn) mergeOne(t *table, a *arrival) error {
	r := &c.row
	if t.log != nil {
		if skip, err := c.receiveEvent(t, a); err != nil || skip {
			return err
		}
	}
	switch {
	case a.cl < r.cl, a.cl%2 == 0 && a.cl == r.cl:
		return nil
	case a.cl%2 == 0:
		return c.mergeDelete(t, a)
	case a.cid == Sentinel:
		if a.cl == r.cl {
			return nil
		}
		return c.mergeResurrect(t, a)
	}
	place, known := t.places[a.cid]
	if !known {
		return c.mergeUnknown(t, a)
	}
	switch {
	case a.cl > r.cl && (r.cl != 0 || a.cl > 1):
		// What made the row come back is still on its way.
		if err := c.writeWinners(t); err != nil {
			return err
		}
		r.comesBack = true
	case a.cl == r.cl:
		if r.comesBack && !r.bare {
			// What is written here is of an earlier life, as writing the winners will say.
			if err := c.writeWinners(t); err != nil {
				return err
			}
		}
		wins, err := c.columnWins(t, a, place)
		if err != nil || !wins {
			return err
		}
	}
	r.cl = a.cl
	return c.win(t, a, place)
}

// columnWins reports whether a column's change is later than what is here, of the same life of the row.
func (c *conn) columnWins(t *table, a *arrival, place int) (bool, error) {
	r := &c.row
	if r.waiting(place) || r.comesBack { // what was known of the row is of an earlier life until that is written
		if err := c.writeWinners(t); err != nil {
			return false, err
		}
	}
	version, err := c.knownVersion(t, place)
	if err != nil || a.colVersion != version {
		return a.colVersion > version, err
	}
	val, ok, err := c.baseValue(t, place)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, fmt.Errorf("crsql: could not find row to merge with for tbl %s", t.name)
	}
	if d := compareValues(a.val, val); d < 0 {
		return false, nil
	} else if d > 0 {
		same, err := c.makes(t, place, a.val, val)
		if err != nil || !same {
			return err == nil, err
		}
	}
	equal, err := c.setting(mergeEqualValues)
	if err != nil || equal == 0 {
		return false, err
	}
	site, err := c.siteOf(t, place)
	return a.site > site, err
}

// win notes a winning column. What is noted is written by writeWinners.
func (c *conn) win(t *table, a *arrival, place int) error {
	r := &c.row
	if r.waiting(place) {
		if err := c.writeWinners(t); err != nil {
			return err
		}
	}
	r.winners = append(r.winners, winner{place, a})
	return nil
}

// mergeDelete deletes the row, or notes that one that never came is deleted.
func (c *conn) mergeDelete(t *table, a *arrival) error {
	if err := c.writeWinners(t); err != nil {
		return err
	}
	r := &c.row
	if err := c.writeBase(t, &t.deleteRow, "delete", func() string {
		return "DELETE FROM " + t.base + " WHERE " + t.isKey("", 1)
	}, r.values, nil); err != nil {
		return err
	}
	if err := c.ensureKey(t); err != nil {
		return err
	}
	if err := c.putClock(t, Sentinel, a.cl, a); err != nil {
		return err
	}
	if err := c.dropColumns(t, r.key); err != nil {
		return err
	}
	r.lives(a.cl, true)
	c.tx.impacted++
	return nil
}

// mergeResurrect brings the row back, or makes it. It has only its key then, unless an earlier life is still here.
func (c *conn) mergeResurrect(t *table, a *arrival) error {
	if err := c.writeWinners(t); err != nil {
		return err
	}
	r := &c.row
	if err := c.writeBase(t, &t.makeRow, "resurrect", func() string {
		return fmt.Sprintf("INSERT OR IGNORE INTO %s(%s) VALUES(%s)", t.base, names("", t.keys), parameters(1, len(t.keys)))
	}, r.values, nil); err != nil {
		return err
	}
	if err := c.ensureKey(t); err != nil {
		return err
	}
	return c.comeBack(t, a)
}

// comeBack writes the clocks of a row that is back: what was written before counts for nothing any more.
func (c *conn) comeBack(t *table, a *arrival) error {
	r := &c.row
	none := r.bare
	for _, version := range r.versions {
		none = none && version < 0
	}
	if !none {
		if err := t.run("zero columns", func() string {
			return "UPDATE " + t.clock + " SET col_version = 0, db_version = ?2 WHERE key = ?1 AND col_name <> '" + Sentinel + "'"
		}, nil, r.key, c.nextVersion(a.dbVersion)); err != nil {
			return err
		}
	}
	if err := c.putClock(t, Sentinel, a.cl, a); err != nil {
		return err
	}
	r.lives(a.cl, none)
	c.tx.impacted++
	return nil
}

// putClock writes the clock of a winner.
func (c *conn) putClock(t *table, cid string, version int64, a *arrival) error {
	s, err := t.hot(&t.putClock, "put clock", func() string {
		return "INSERT INTO " + t.clock + `(key, col_name, col_version, db_version, site_id, seq) VALUES(?1, ?6, ?2, ?3, ?4, ?5)
			ON CONFLICT(key, col_name) DO UPDATE SET col_version = ?2, db_version = ?3, site_id = ?4, seq = ?5`
	})
	if err != nil {
		return err
	}
	site, err := c.ordinal(a.site)
	if err != nil {
		return err
	}
	if err := bindIntegers(s, c.row.key, version, c.nextVersion(a.dbVersion), site, a.seq); err != nil {
		return err
	}
	if err := s.Bind(6, dbsp.NewText(cid)); err != nil {
		return err
	}
	return s.Run()
}

// writeBase writes the row itself, by a statement that has first parameters and then winners' values. Triggers run within
// it.
func (c *conn) writeBase(t *table, slot **statement, name string, text func() string, first []dbsp.Value, winners []winner) error {
	s, err := t.hot(slot, name, text)
	if err != nil {
		return err
	}
	for i, v := range first {
		if err := s.Bind(i+1, v); err != nil {
			return err
		}
	}
	for i, w := range winners {
		if err := s.Bind(len(first)+i+1, w.change.val); err != nil {
			return err
		}
	}
	row, bit := c.row, c.syncBit
	c.merging++
	c.setSyncBit(true)
	err = s.Run()
	c.setSyncBit(bit)
	c.merging--
	c.row = row // triggers may have recorded local writes
	return err
}
