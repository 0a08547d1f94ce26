package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// installLocalWrites installs what the triggers of replicated tables call.
func (c *conn) installLocalWrites() error {
	for name, record := range map[string]func(t *table, args sqlite3.Args) error{
		"crsql_after_insert": c.afterInsert,
		"crsql_after_update": c.afterUpdate,
		"crsql_after_delete": c.afterDelete,
	} {
		if err := c.CreateFunction(&sqlite3.Function{
			Name: name, NArg: -1, Innocuous: true,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				if err := c.recordWrite(args, record); err != nil {
					r.Error(fmt.Errorf("crsql: %s: %w", name, err))
					return
				}
				r.Set(dbsp.NewInteger(0))
			},
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) recordWrite(args sqlite3.Args, record func(t *table, args sqlite3.Args) error) error {
	if args.Len() < 1 {
		return fmt.Errorf("expected at least 1 argument")
	}
	c.enter()
	defer c.leave()
	if err := c.join(); err != nil {
		return err
	}
	t, err := c.table(args.Raw(0).Str())
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("table %s does not replicate", args.Value(0).Str())
	}
	c.row.forget()
	return record(t, args)
}

// again returns the table as the schema says that it is now.
func (t *table) again() (*table, error) {
	c := t.c
	if err := c.writeNewRows(); err != nil {
		return nil, err
	}
	c.invalidate()
	now, err := c.table(t.name)
	if err == nil && now == nil {
		err = fmt.Errorf("table %s does not replicate any more", t.name)
	}
	return now, err
}

func expectValues(args sqlite3.Args, n int) error {
	if args.Len() != n {
		return fmt.Errorf("expected %d values, got %d", n, args.Len())
	}
	return nil
}

// afterInsert notes a row that was inserted.
func (c *conn) afterInsert(t *table, args sqlite3.Args) error {
	if err := expectValues(args, 1+len(t.keys)); err != nil {
		return err
	}
	n := &c.tx.rows
	if n.t != t {
		if err := c.writeNewRows(); err != nil {
			return err
		}
		n.t = t
	}
	for i := range t.keys {
		n.keys = append(n.keys, args.Value(1+i))
	}
	if t.watched || len(n.keys) >= maxNewRows*len(t.keys) {
		return c.writeNewRows()
	}
	return nil
}

// afterUpdate records the columns that changed. A row whose key changed is another one: the old one is deleted, the new
// one created with all that the old one had, as new writes, so that whoever knows the file up to now learns of them.
func (c *conn) afterUpdate(t *table, args sqlite3.Args) error {
	k := len(t.keys)
	if n := args.Len() - 1 - 2*k; n < 0 || n%2 != 0 {
		return expectValues(args, 1+2*(k+len(t.others)))
	}
	given := (args.Len() - 1 - 2*k) / 2
	newKey, oldKey, newValue, oldValue := 1, 1+k, 1+2*k, 1+2*k+given
	moved := differ(args, newKey, oldKey, k)
	if given == len(t.others) && !moved && !differ(args, newValue, oldValue, given) {
		return nil // nothing to record, not even a version
	}
	if err := c.writeNewRows(); err != nil {
		return err
	}
	key, changed, err := c.key(t, args, newKey)
	if err != nil {
		return err
	}
	if changed {
		if t, err = t.again(); err != nil {
			return err
		}
	}
	if key == 0 {
		if key, err = c.createKey(t, args, newKey); err != nil {
			return err
		}
	}
	if given != len(t.others) {
		return c.afterOutdatedUpdate(t, args, key, moved, given)
	}
	if moved {
		return c.recordMove(t, args, oldKey, key)
	}
	for i := range t.others {
		if compareValues(args.Raw(newValue+i), args.Raw(oldValue+i)) != 0 {
			if err := c.markWritten(t, key, i, c.nextVersion(0), c.nextSeq(1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// afterOutdatedUpdate records an update of a table that got columns by ALTER TABLE ADD COLUMN alone. The trigger tells of
// those before only; the others count as written where they differ from their default or were ever written. The next
// statement finds triggers that tell of all.
func (c *conn) afterOutdatedUpdate(t *table, args sqlite3.Args, key int64, moved bool, given int) error {
	k := len(t.keys)
	if given > len(t.others) {
		return expectValues(args, 1+2*(k+len(t.others)))
	}
	if moved {
		if err := c.recordMove(t, args, 1+k, key); err != nil {
			return err
		}
	}
	for i, col := range t.others {
		if i < given {
			if !moved && compareValues(args.Raw(1+2*k+i), args.Raw(1+2*k+given+i)) != 0 {
				if err := c.markWritten(t, key, i, c.nextVersion(0), c.nextSeq(1)); err != nil {
					return err
				}
			}
			continue
		}
		if moved {
			if written, err := c.columnVersion(t, key, col.name); err != nil || written >= 0 {
				if err != nil {
					return err
				}
				continue // moved along
			}
		}
		written, err := c.mayBeWritten(t, args, key, col)
		if err != nil {
			return err
		}
		if written {
			if err := c.markWritten(t, key, i, c.nextVersion(0), c.nextSeq(1)); err != nil {
				return err
			}
		}
	}
	return c.remakeTriggers(t)
}

// mayBeWritten reports whether a column of a row differs from its default, or has a clock.
func (c *conn) mayBeWritten(t *table, args sqlite3.Args, key int64, col column) (bool, error) {
	version, err := c.columnVersion(t, key, col.name)
	if err != nil || version >= 0 {
		return version >= 0, err
	}
	standard := "NULL"
	if col.defaultSQL != "" {
		standard = "(" + col.defaultSQL + ")"
	}
	values := make([]dbsp.Value, len(t.keys))
	for i := range values {
		values[i] = args.Value(1 + i)
	}
	differs := false
	err = c.query(fmt.Sprintf("SELECT 1 FROM %s WHERE %s AND %s IS NOT %s", t.base, t.isKey("", 1), ident(col.name), standard),
		values, func(sqlite3.Stmt) error { differs = true; return nil })
	return differs, err
}

// recordMove records that the row of the key at args[old] has the given key now.
func (c *conn) recordMove(t *table, args sqlite3.Args, old int, key int64) error {
	from, _, err := c.key(t, args, old)
	if err != nil {
		return err
	}
	if from == 0 {
		if from, err = c.createKey(t, args, old); err != nil {
			return err
		}
	}
	version := c.nextVersion(0)
	if err := c.markDeleted(t, from, version, c.nextSeq(1)); err != nil {
		return err
	}
	if err := c.markCreated(t, key, version, c.nextSeq(1)); err != nil {
		return err
	}
	var columns []string
	if err := t.run("columns of a key", func() string {
		return "SELECT col_name FROM " + t.clock + " WHERE key = ?1 AND col_name <> '" + Sentinel + "'"
	}, func(s sqlite3.Stmt) { columns = append(columns, s.Column(0).Str()) }, from); err != nil {
		return err
	}
	for _, col := range columns {
		// Above what either row had: the new one may have been there before it was replaced.
		if err := t.run("move", func() string {
			return fmt.Sprintf(`INSERT INTO %[1]s(key, col_name, col_version, db_version, site_id, seq)
				SELECT ?1, col_name, max(col_version, coalesce((SELECT col_version FROM %[1]s WHERE key = ?1 AND col_name = ?5), 0)) + 1, ?2, 0, ?3
				FROM %[1]s WHERE key = ?4 AND col_name = ?5
				ON CONFLICT(key, col_name) DO UPDATE SET
					col_version = excluded.col_version, db_version = excluded.db_version, site_id = 0, seq = excluded.seq`, t.clock)
		}, nil, key, version, c.nextSeq(1), from, col); err != nil {
			return err
		}
	}
	return c.dropColumns(t, from)
}

// afterDelete records that a row is gone: of its clocks the causal length stays.
func (c *conn) afterDelete(t *table, args sqlite3.Args) error {
	if err := expectValues(args, 1+len(t.keys)); err != nil {
		return err
	}
	if err := c.writeNewRows(); err != nil {
		return err
	}
	key, changed, err := c.key(t, args, 1)
	if err != nil {
		return err
	}
	if changed {
		if t, err = t.again(); err != nil {
			return err
		}
	}
	if key == 0 {
		if key, err = c.createKey(t, args, 1); err != nil {
			return err
		}
	}
	if err := c.markDeleted(t, key, c.nextVersion(0), c.nextSeq(1)); err != nil {
		return err
	}
	return c.dropColumns(t, key)
}

// differ reports whether any of n values differs between two places.
func differ(args sqlite3.Args, a, b, n int) bool {
	for i := range n {
		if compareValues(args.Raw(a+i), args.Raw(b+i)) != 0 {
			return true
		}
	}
	return false
}
