package crsql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// newRows are rows that were inserted and are still to be recorded. They are recorded together when the statement that
// inserted them ends, or before anything else is written or read that replicates: SQLite tells of the end by releasing the
// statement's savepoint, or by the commit. That is cheaper twice: clocks are written set-wise, and without a statement's
// savepoint SQLite copies no page that it writes.
type newRows struct {
	t    *table       // nil when there are none
	keys []dbsp.Value // of the rows, one after the other
}

// maxNewRows bounds how many wait.
const maxNewRows = 1024

func (n *newRows) forget() { n.t, n.keys = nil, n.keys[:0] }

// keyRun are rows whose new keys follow each other, without clocks yet.
type keyRun struct {
	first, last int64
	version     int64
	seq         int64 // of the first column of the first row
}

// writeNewRows records the rows that wait.
func (c *conn) writeNewRows() error {
	n := &c.tx.rows
	if n.t == nil {
		return nil
	}
	t, keys := n.t, n.keys
	*n = newRows{} // what is asked for meanwhile finds nothing to do
	c.enter()
	defer c.leave()
	rowid := c.LastInsertRowid() // the user's
	defer func() { c.SetLastInsertRowid(rowid) }()
	var r keyRun
	if t.retired {
		var err error
		if t, err = t.again(); err != nil {
			return err
		}
	}
	for i := 0; i < len(keys); {
		k := len(t.keys)
		s, err := t.hot(&t.insertKey, "insert key", func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO %s(%s) VALUES(%s)", t.pks, names("", t.keys), parameters(1, k))
		})
		if err != nil {
			return err
		}
		for j, v := range keys[i : i+k] {
			if err := s.Bind(1+j, v); err != nil {
				return err
			}
		}
		if err := s.Run(); err != nil {
			return err
		}
		// What was inserted is right under any schema; its columns may be others by now.
		fresh, key := c.Changes() > 0, c.LastInsertRowid()
		if s.schemaChanged() {
			if err := c.writeRun(t, &r); err != nil {
				return err
			}
			if t, err = t.again(); err != nil {
				return err
			}
		}
		if fresh {
			err = c.addToRun(t, &r, key)
		} else if err = c.writeRun(t, &r); err == nil {
			err = c.recordAgain(t, keys[i:i+k])
		}
		if err != nil {
			return err
		}
		i += k
	}
	if err := c.writeRun(t, &r); err != nil {
		return err
	}
	if n.t == nil {
		n.keys = keys[:0] // the room
	}
	return nil
}

// addToRun adds a row with a new key.
func (c *conn) addToRun(t *table, r *keyRun, key int64) error {
	if r.first != 0 && key != r.last+1 {
		if err := c.writeRun(t, r); err != nil {
			return err
		}
	}
	if r.first == 0 {
		if life, err := c.firstLife(); err != nil {
			return err
		} else if life > 1 && len(t.others) == 0 {
			return c.beginLife(t, key, life)
		} else if life > 1 {
			return c.recordLaterRow(t, key, life)
		}
	}
	version, seq := c.nextVersion(0), c.nextSeq(max(len(t.others), 1))
	if r.first == 0 {
		*r = keyRun{first: key, version: version, seq: seq}
	}
	r.last = key
	return nil
}

// maxSelects bounds a compound SELECT, as hosts may; VALUES has no bound, and is a little slower.
const maxSelects = 100

// writeRun writes the clocks of a run, which is empty then. The statements are OR FAIL because they can't fail, and SQLite
// would otherwise be ready to take back a part of them.
func (c *conn) writeRun(t *table, r *keyRun) error {
	w := *r
	*r = keyRun{}
	if w.first == 0 {
		return nil
	}
	if w.first == w.last {
		s, err := t.hot(&t.insertRow, "insert row", func() string {
			names, into := t.clockNames(), t.clockInsert()
			rows := make([]string, len(names))
			for i, name := range names {
				rows[i] = fmt.Sprintf("?1, %s, 1, ?2, 0, ?3 + %d", literal(name), i)
			}
			if len(rows) > maxSelects {
				return into + "VALUES(" + strings.Join(rows, "), (") + ")"
			}
			return into + "SELECT " + strings.Join(rows, " UNION ALL SELECT ")
		})
		if err != nil {
			return err
		}
		if err := bindIntegers(s, w.first, w.version, w.seq); err != nil {
			return err
		}
		return s.Run()
	}
	s, err := t.statement("insert rows", func() string {
		// In the order of the clocks' own key, so that each goes to the end.
		names := t.clockNames()
		places := make([]int, len(names))
		for i := range places {
			places[i] = i
		}
		slices.SortFunc(places, func(a, b int) int { return strings.Compare(names[a], names[b]) })
		var b strings.Builder
		for i, place := range places {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "(%d, %s)", place, literal(names[place]))
		}
		return fmt.Sprintf(`WITH places(place, name) AS (VALUES %s) %s
			SELECT k.__crsql_key, p.name, 1, ?3, 0, ?4 + (k.__crsql_key - ?1) * %d + p.place
			FROM %s AS k CROSS JOIN places AS p WHERE k.__crsql_key BETWEEN ?1 AND ?2`, b.String(), t.clockInsert(), len(names), t.pks)
	})
	if err != nil {
		return err
	}
	if err := bindIntegers(s, w.first, w.last, w.version, w.seq); err != nil {
		return err
	}
	return s.Run()
}

// recordAgain records a row that has a key already: it was there before, deleted since or replaced now. Its columns count
// on, and so does its causal length if it was ever written.
func (c *conn) recordAgain(t *table, values []dbsp.Value) error {
	var key int64
	given := make([]any, len(values))
	for i, v := range values {
		given[i] = v
	}
	if err := t.run("key", t.keyText, func(s sqlite3.Stmt) { key = s.ColumnRaw(0).Int() }, given...); err != nil {
		return err
	}
	version := c.nextVersion(0)
	if len(t.others) == 0 {
		return c.markCreated(t, key, version, c.nextSeq(1))
	}
	if err := c.markResurrected(t, key, version, c.nextSeq(1)); err != nil {
		return err
	}
	for i := range t.others {
		if err := c.markWritten(t, key, i, version, c.nextSeq(1)); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) clockInsert() string {
	return "INSERT OR FAIL INTO " + t.clock + "(key, col_name, col_version, db_version, site_id, seq) "
}

// clockNames are the columns that a new row has clocks of: all, or for a table of nothing but a key, the row itself.
func (t *table) clockNames() []string {
	if len(t.others) == 0 {
		return []string{Sentinel}
	}
	list := make([]string, len(t.others))
	for i, col := range t.others {
		list[i] = col.name
	}
	return list
}
