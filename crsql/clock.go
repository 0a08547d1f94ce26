package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// What is written into the clocks of a table.

// run runs a statement that is kept under a name, with arguments that are integers or text.
func (t *table) run(name string, text func() string, row func(s sqlite3.Stmt), args ...any) error {
	s, err := t.statement(name, text)
	if err != nil {
		return err
	}
	for i, a := range args {
		v := dbsp.Value{}
		switch a := a.(type) {
		case int64:
			v = dbsp.NewInteger(a)
		case string:
			v = dbsp.NewText(a)
		case dbsp.Value:
			v = a
		}
		if err := s.Bind(i+1, v); err != nil {
			return err
		}
	}
	if row == nil {
		return s.Run()
	}
	defer s.Reset()
	for {
		ok, err := s.Step()
		if err != nil || !ok {
			return err
		}
		row(s)
	}
}

func bindIntegers(s sqlite3.Stmt, values ...int64) error {
	for i, v := range values {
		if err := s.Bind(i+1, dbsp.NewInteger(v)); err != nil {
			return err
		}
	}
	return nil
}

// bindKey binds n arguments from args[at] on to parameters from first on.
func bindKey(s sqlite3.Stmt, args sqlite3.Args, first, at, n int) error {
	for i := range n {
		if err := s.Bind(first+i, args.Raw(at+i)); err != nil {
			return err
		}
	}
	return nil
}

// keyText spells the statement that gives a key's number.
func (t *table) keyText() string {
	return "SELECT __crsql_key FROM " + t.pks + " WHERE " + t.isKey("", 1)
}

// key returns the number of the key at args[at], 0 if it has none, and whether the schema was found changed.
func (c *conn) key(t *table, args sqlite3.Args, at int) (key int64, changed bool, err error) {
	s, err := t.statement("key", t.keyText)
	if err != nil {
		return 0, false, err
	}
	if err := bindKey(s, args, 1, at, len(t.keys)); err != nil {
		return 0, false, err
	}
	ok, err := s.Step()
	if err == nil && ok {
		key = s.ColumnRaw(0).Int()
	}
	changed = s.schemaChanged()
	if e := s.Reset(); err == nil {
		err = e
	}
	return key, changed, err
}

// createKey gives the key at args[at] a number.
func (c *conn) createKey(t *table, args sqlite3.Args, at int) (int64, error) {
	s, err := t.statement("create key", func() string {
		return fmt.Sprintf("INSERT INTO %s(%s) VALUES(%s)", t.pks, names("", t.keys), parameters(1, len(t.keys)))
	})
	if err != nil {
		return 0, err
	}
	if err := bindKey(s, args, 1, at, len(t.keys)); err != nil {
		return 0, err
	}
	if err := s.Run(); err != nil {
		return 0, err
	}
	return c.LastInsertRowid(), nil
}

// columnVersion returns the version of a column, -1 if it has no clock.
func (c *conn) columnVersion(t *table, key int64, col string) (version int64, err error) {
	version = -1
	err = t.run("column version", func() string {
		return "SELECT col_version FROM " + t.clock + " WHERE key = ?1 AND col_name = ?2"
	}, func(s sqlite3.Stmt) { version = s.ColumnRaw(0).Int() }, key, col)
	return version, err
}

// markWritten counts a local write of a column.
func (c *conn) markWritten(t *table, key int64, place int, version, seq int64) error {
	s, err := t.statement("mark written", func() string {
		return "INSERT INTO " + t.clock + `(key, col_name, col_version, db_version, site_id, seq) VALUES(?1, ?4, 1, ?2, 0, ?3)
			ON CONFLICT(key, col_name) DO UPDATE SET col_version = col_version + 1, db_version = ?2, site_id = 0, seq = ?3`
	})
	if err != nil {
		return err
	}
	if err := bindIntegers(s, key, version, seq); err != nil {
		return err
	}
	if err := s.Bind(4, dbsp.NewText(t.others[place].name)); err != nil {
		return err
	}
	return s.Run()
}

// nextLife is the causal length of a row that is made: it was deleted, or is replaced without having been.
const nextLife = "CASE col_version % 2 WHEN 0 THEN col_version + 1 ELSE col_version + 2 END"

// nextDeath is that of a row that goes.
const nextDeath = "CASE col_version % 2 WHEN 0 THEN col_version + 2 ELSE col_version + 1 END"

func (t *table) mark(name, next string, key, version, seq, first int64) error {
	return t.run(name, func() string {
		return fmt.Sprintf(`INSERT INTO %s(key, col_name, col_version, db_version, site_id, seq) VALUES(?1, '%s', ?4, ?2, 0, ?3)
			ON CONFLICT(key, col_name) DO UPDATE SET col_version = %s, db_version = ?2, site_id = 0, seq = ?3`,
			t.clock, Sentinel, next)
	}, nil, key, version, seq, first)
}

// markCreated writes the causal length of a row that is made.
func (c *conn) markCreated(t *table, key, version, seq int64) error {
	life, err := c.firstLife()
	if err != nil {
		return err
	}
	return t.mark("mark created", nextLife, key, version, seq, life)
}

// markDeleted writes the causal length of a row that goes.
func (c *conn) markDeleted(t *table, key, version, seq int64) error {
	return t.mark("mark deleted", nextDeath, key, version, seq, 2)
}

// markResurrected writes the causal length of a row that is made again, if it was ever written: until a row is deleted, it
// is not, and is 1.
func (c *conn) markResurrected(t *table, key, version, seq int64) error {
	return t.run("mark resurrected", func() string {
		return fmt.Sprintf("UPDATE %s SET col_version = %s, db_version = ?2, site_id = 0, seq = ?3 WHERE key = ?1 AND col_name = '%s'",
			t.clock, nextLife, Sentinel)
	}, nil, key, version, seq)
}

// dropColumns takes the clocks of a deleted row's columns away.
func (c *conn) dropColumns(t *table, key int64) error {
	return t.run("drop columns", func() string {
		return "DELETE FROM " + t.clock + " WHERE key = ?1 AND col_name <> '" + Sentinel + "'"
	}, nil, key)
}
