package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// rowState is what is known of the row that changes are merged into: the clocks as they are in the tables, and the winners
// that are still to be written. It is kept from one change to the next, for changes of a row come together.
type rowState struct {
	t      *table
	pk     string
	values []dbsp.Value // of its key
	key    int64        // 0 when it has none
	cl     int64        // its causal length, 0 when nothing is known of it
	bare   bool         // it has no clocks of columns but those in versions
	// versions are those of columns, by place, as far as they were looked up or written.
	versions []int64
	// total is total_changes() when it was left: others have written since when that differs.
	total int64

	winners   []winner
	comesBack bool // the first of them brings the row back
	numbered  bool // it is an event that has its number
}

// What versions say of a column without one.
const (
	noClock     = -1
	notLookedUp = -2
)

// winner is a change that is to be written.
type winner struct {
	place  int
	change *arrival
}

func (r *rowState) is(t *table, pk string) bool { return r.t == t && r.pk == pk }

func (r *rowState) forget() {
	*r = rowState{values: r.values[:0], winners: r.winners[:0], versions: r.versions[:0]}
}

func (r *rowState) waiting(place int) bool {
	for _, w := range r.winners {
		if w.place == place {
			return true
		}
	}
	return false
}

// lives notes the row's causal length, when that came to be.
func (r *rowState) lives(cl int64, bare bool) {
	r.cl, r.bare = cl, bare
	r.forgetVersions(len(r.versions))
}

func (r *rowState) forgetVersions(n int) {
	r.versions = r.versions[:0]
	for range n {
		r.versions = append(r.versions, notLookedUp)
	}
}

// findRow looks up a row. The table it returns is t, or what became of it by a change of the schema.
func (c *conn) findRow(t *table, a *arrival) (*table, error) {
	r := &c.row
	r.forget()
	pk := strings.Clone(a.pk) // which the values share
	values, err := parseKey(t, pk, r.values[:0])
	if err != nil {
		return t, err
	}
	s, err := t.hot(&t.findRow, "find row", func() string {
		return fmt.Sprintf(`SELECT k.__crsql_key, (SELECT col_version FROM %[2]s WHERE key = k.__crsql_key AND col_name = '%[3]s'),
			EXISTS(SELECT 1 FROM %[2]s WHERE key = k.__crsql_key AND col_name <> '%[3]s')
			FROM %[1]s AS k WHERE %[4]s`, t.pks, t.clock, Sentinel, t.isKey("k.", 1))
	})
	if err != nil {
		return t, err
	}
	for i, v := range values {
		if err := s.Bind(i+1, v); err != nil {
			return t, err
		}
	}
	ok, err := s.Step()
	if err != nil {
		_ = s.Reset()
		return t, err
	}
	r.bare = true
	if ok {
		r.key = s.ColumnRaw(0).Int()
		r.bare = s.ColumnRaw(2).Int() == 0
		if sentinel := s.ColumnRaw(1); !sentinel.IsNull() {
			r.cl = sentinel.Int()
		} else if !r.bare {
			r.cl = 1
		}
	}
	changed := s.schemaChanged()
	if err := s.Reset(); err != nil {
		return t, err
	}
	if changed {
		if t, err = t.again(); err != nil {
			return t, err
		}
		return c.findRow(t, a)
	}
	r.t, r.pk, r.values = t, pk, values
	r.forgetVersions(len(t.others))
	return t, nil
}

// ensureKey gives the row a key, if it has none.
func (c *conn) ensureKey(t *table) error {
	r := &c.row
	if r.key != 0 {
		return nil
	}
	s, err := t.hot(&t.makeKey, "create key", func() string {
		return fmt.Sprintf("INSERT INTO %s(%s) VALUES(%s)", t.pks, names("", t.keys), parameters(1, len(t.keys)))
	})
	if err != nil {
		return err
	}
	for i, v := range r.values {
		if err := s.Bind(i+1, v); err != nil {
			return err
		}
	}
	if err := s.Run(); err != nil {
		return err
	}
	r.key = c.LastInsertRowid()
	return nil
}

// knownVersion returns the version of a column here, -1 when it has no clock.
func (c *conn) knownVersion(t *table, place int) (int64, error) {
	r := &c.row
	if v := r.versions[place]; v != notLookedUp {
		return v, nil
	}
	v := int64(noClock)
	if !r.bare {
		var err error
		if v, err = c.columnVersion(t, r.key, t.others[place].name); err != nil {
			return 0, err
		}
	}
	r.versions[place] = v
	return v, nil
}

// baseValue returns the value of a column of the row, if the row is there.
func (c *conn) baseValue(t *table, place int) (val dbsp.Value, ok bool, err error) {
	col := t.others[place].name
	s, err := t.statement("value of "+col, func() string {
		return fmt.Sprintf("SELECT %s FROM %s WHERE %s", ident(col), t.base, t.isKey("", 1))
	})
	if err != nil {
		return val, false, err
	}
	for i, v := range c.row.values {
		if err := s.Bind(i+1, v); err != nil {
			return val, false, err
		}
	}
	if ok, err = s.Step(); ok {
		val = s.Column(0)
	}
	if e := s.Reset(); err == nil {
		err = e
	}
	return val, ok, err
}

// siteOf returns the site that wrote a column of the row last.
func (c *conn) siteOf(t *table, place int) (site string, err error) {
	var ordinal int64
	if err := t.run("site of column", func() string {
		return "SELECT site_id FROM " + t.clock + " WHERE key = ?1 AND col_name = ?2"
	}, func(s sqlite3.Stmt) { ordinal = s.ColumnRaw(0).Int() }, c.row.key, t.others[place].name); err != nil {
		return "", err
	}
	err = c.queryKept("SELECT site_id FROM main.crsql_site_id WHERE ordinal = ?1", []dbsp.Value{dbsp.NewInteger(ordinal)},
		func(s sqlite3.Stmt) error { site = s.Column(0).Str(); return nil })
	return site, err
}

// writeWinners writes the noted winners: the row, then what brings it back, then the columns' clocks.
func (c *conn) writeWinners(t *table) error {
	r := &c.row
	if len(r.winners) == 0 {
		return nil
	}
	winners := r.winners
	p := t.plan(winners)
	if err := c.writeBase(t, &p.base, p.baseName, p.baseText, r.values, winners); err != nil {
		return err
	}
	if err := c.ensureKey(t); err != nil {
		return err
	}
	if r.comesBack {
		if err := c.comeBack(t, winners[0].change); err != nil {
			return err
		}
		r.comesBack = false
	}
	if err := c.putClocks(t, p, winners); err != nil {
		return err
	}
	for _, w := range winners {
		r.versions[w.place] = w.change.colVersion
	}
	c.tx.impacted += int64(len(winners))
	r.winners = winners[:0]
	return nil
}
