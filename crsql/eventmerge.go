package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Merging into a log is a union. A delete is not merged: nothing leaves a log. An event is made once, so all versions of a
// cell that may come, by updates that a peer made which does not know that the table is a log, count alike, and the greatest
// value wins: all logs come to the same.

// receiveEvent makes a change of an event one of the event's only life and version. It reports whether there is nothing in it
// for a log.
func (c *conn) receiveEvent(t *table, a *arrival) (skip bool, err error) {
	if a.cl%2 == 0 || a.cid == Sentinel && len(t.others) > 0 {
		return true, nil
	}
	a.cl, a.colVersion = max(c.row.cl, 1), 1 // where deletions of other tables were forgotten, rows may begin in a later life
	return false, c.checkEvent(t, c.row.values[0], false)
}

// eventArrived numbers the event that was merged, if it is complete now.
func (c *conn) eventArrived(t *table) error {
	r := &c.row
	if r.key == 0 || r.numbered {
		return nil
	}
	awaited := int64(len(t.log.awaited))
	if awaited > 0 {
		known := int64(0)
		if err := t.run("cells of event", func() string {
			quoted := make([]string, awaited)
			for i, name := range t.log.awaited {
				quoted[i] = literal(name)
			}
			return fmt.Sprintf("SELECT count(*) FROM %s WHERE key = ?1 AND col_name IN (%s)", t.clock, strings.Join(quoted, ", "))
		}, func(s sqlite3.Stmt) { known = s.ColumnRaw(0).Int() }, r.key); err != nil || known < awaited {
			return err
		}
	}
	s, err := t.statement("number event", func() string {
		return fmt.Sprintf("UPDATE %[1]s SET seq = (SELECT coalesce(max(seq), 0) + 1 FROM %[1]s) WHERE id = ?1 AND seq IS NULL", t.log.numbers)
	})
	if err != nil {
		return err
	}
	if err := s.Bind(1, r.values[0]); err != nil {
		return err
	}
	r.numbered = true
	return s.Run()
}
