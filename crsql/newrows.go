package crsql

import (
	"fmt"
	"slices"
	"strings"
)

// newRows are rows with new keys, one after the other, whose clocks are still to be written. They are written together
// when the statement that inserted them ends, or before anything else is written or read that replicates: SQLite tells of
// the end by releasing the statement's savepoint, or by the commit. Writing them set-wise costs half.
type newRows struct {
	t           *table // nil when there are none
	first, last int64  // keys
	version     int64
	seq         int64 // of the first column of the first row
}

// addNewRow notes a row.
func (c *conn) addNewRow(t *table, key int64) error {
	n, columns := &c.tx.rows, max(len(t.others), 1)
	if n.t != nil && (n.t != t || key != n.last+1) {
		if err := c.writeNewRows(); err != nil {
			return err
		}
	}
	if n.t == nil {
		if life, err := c.firstLife(); err != nil {
			return err
		} else if life > 1 && len(t.others) == 0 {
			return c.beginLife(t, key, life)
		} else if life > 1 {
			return c.recordLaterRow(t, key, life)
		}
	}
	version, seq := c.nextVersion(0), c.nextSeq(columns)
	if n.t == nil {
		*n = newRows{t: t, first: key, version: version, seq: seq}
	}
	n.last = key
	if t.watched {
		return c.writeNewRows()
	}
	return nil
}

// writeNewRows writes the clocks of the noted rows. The statements are OR FAIL because they can't fail, and SQLite would
// otherwise be ready to take back a part of them.
func (c *conn) writeNewRows() error {
	n := c.tx.rows
	if n.t == nil {
		return nil
	}
	c.tx.rows = newRows{}
	c.enter()
	defer c.leave()
	t, into := n.t, "INSERT OR FAIL INTO "+n.t.clock+"(key, col_name, col_version, db_version, site_id, seq) "
	names := t.clockNames()
	if n.first == n.last {
		s, err := t.hot(&t.insertRow, "insert row", func() string {
			var b strings.Builder
			for i, name := range names {
				if i > 0 {
					b.WriteString(", ")
				}
				fmt.Fprintf(&b, "(?1, %s, 1, ?2, 0, ?3 + %d)", literal(name), i)
			}
			return into + "VALUES" + b.String()
		})
		if err != nil {
			return err
		}
		if err := bindIntegers(s, n.first, n.version, n.seq); err != nil {
			return err
		}
		return s.Run()
	}
	s, err := t.statement("insert rows", func() string {
		// In the order of the clocks' own key, so that each goes to the end.
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
			FROM %s AS k CROSS JOIN places AS p WHERE k.__crsql_key BETWEEN ?1 AND ?2`, b.String(), into, len(names), t.pks)
	})
	if err != nil {
		return err
	}
	if err := bindIntegers(s, n.first, n.last, n.version, n.seq); err != nil {
		return err
	}
	return s.Run()
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
