package crsql

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// versionsAtOnce is how many tables one statement looks at: a compound SELECT has limits.
const versionsAtOnce = 100

// committedVersion returns the greatest version among the clocks and the floor. It is the file's version as the
// transaction found it, when nothing was written in it yet.
func (c *conn) committedVersion(sch *schema) (version int64, err error) {
	if !sch.storage {
		return 0, nil
	}
	var parts []string
	for _, t := range sch.tables {
		parts = append(parts, "SELECT max(db_version) AS v FROM "+t.clock)
	}
	for _, name := range sch.dropped {
		parts = append(parts, "SELECT max(db_version) AS v FROM main."+ident(name+clockSuffix))
	}
	parts = append(parts, "SELECT CAST(value AS INTEGER) AS v FROM main.crsql_master WHERE key = '"+floorKey+"'")
	for len(parts) > 0 && err == nil {
		n := min(len(parts), versionsAtOnce)
		err = c.queryKept("SELECT max(v) FROM ("+strings.Join(parts[:n], " UNION ALL ")+")", nil, func(s sqlite3.Stmt) error {
			version = max(version, s.ColumnRaw(0).Int())
			return nil
		})
		parts = parts[n:]
	}
	return version, err
}

// keepFloor notes the version in crsql_master: clocks are about to go that may have been the greatest.
func (c *conn) keepFloor() error {
	return c.setMaster(floorKey, max(c.tx.base, c.tx.pending))
}

// version returns what crsql_db_version() returns.
func (c *conn) version() (int64, error) {
	if c.tx.open {
		return c.tx.base, nil
	}
	sch, err := c.current()
	if err != nil {
		return 0, err
	}
	return c.committedVersion(sch)
}

func (c *conn) installVersions() error {
	scalar := func(name string, nArg int, f func(args sqlite3.Args) (dbsp.Value, error)) error {
		return c.function(&sqlite3.Function{Name: name, NArg: nArg, Innocuous: true}, f)
	}
	if err := scalar("crsql_db_version", 0, func(sqlite3.Args) (dbsp.Value, error) {
		v, err := c.version()
		return dbsp.NewInteger(v), err
	}); err != nil {
		return err
	}
	if err := scalar("crsql_next_db_version", -1, func(args sqlite3.Args) (dbsp.Value, error) {
		least := int64(0)
		if args.Len() > 0 && args.Numeric(0).Kind() == dbsp.Integer {
			least = args.Numeric(0).Int()
		}
		v, err := c.takeVersion(least)
		return dbsp.NewInteger(v), err
	}); err != nil {
		return err
	}
	if err := scalar("crsql_get_seq", 0, func(sqlite3.Args) (dbsp.Value, error) {
		err := c.writeNewRows()
		return dbsp.NewInteger(c.tx.seq), err
	}); err != nil {
		return err
	}
	if err := scalar("crsql_increment_and_get_seq", 0, func(sqlite3.Args) (dbsp.Value, error) {
		if c.Autocommit() {
			return dbsp.NewInteger(c.nextSeq(1)), nil
		}
		restore := c.preserve()
		defer restore()
		if err := c.enlist(); err != nil {
			return dbsp.Value{}, err
		}
		return dbsp.NewInteger(c.nextSeq(1)), nil
	}); err != nil {
		return err
	}
	return scalar("crsql_rows_impacted", 0, func(sqlite3.Args) (dbsp.Value, error) {
		return dbsp.NewInteger(c.tx.impacted), nil
	})
}

// takeVersion is crsql_next_db_version: within a transaction the version is taken for it. A statement by itself that
// writes nothing has nothing to take it for.
func (c *conn) takeVersion(least int64) (int64, error) {
	if !c.tx.open && (c.Autocommit() || c.ReadOnly("main")) {
		v, err := c.version()
		return max(v+1, least), err
	}
	restore := c.preserve()
	defer restore()
	if err := c.enlist(); err != nil {
		return 0, err
	}
	return c.nextVersion(least), nil
}

// preserve notes what the user sees of the last statement, and returns a function that restores it after own writes.
func (c *conn) preserve() func() {
	changes, total, rowid := c.Changes(), c.TotalChanges(), c.LastInsertRowid()
	return func() {
		c.RestoreChanges(changes, total)
		c.SetLastInsertRowid(rowid)
	}
}
