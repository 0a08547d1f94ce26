package crsql

import (
	"errors"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

func (c *conn) installAsCRR() error {
	if err := c.function(&sqlite3.Function{Name: "crsql_as_crr", NArg: -1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		name, err := tableArgument(args)
		if err == nil {
			err = c.asCRR(name)
		}
		return dbsp.NewText("OK"), err
	}); err != nil {
		return err
	}
	return c.function(&sqlite3.Function{Name: "crsql_as_table", NArg: 1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		name, err := tableArgument(args)
		if err == nil {
			err = c.asTable(name)
		}
		return dbsp.Value{}, err
	})
}

// asCRR has a table of main replicate, all of it or nothing. It does nothing to one that does.
func (c *conn) asCRR(name string) error {
	restore := c.preserve()
	defer restore()
	return c.within("as_crr", func() error { return c.replicate(name) })
}

// replicate is asCRR as part of a statement that is taken back if it fails.
func (c *conn) replicate(name string) error {
	name, err := c.tableNamed(name)
	if err != nil {
		return err
	}
	if err := c.eligible(name); err != nil {
		return err
	}
	sch, err := c.current()
	if err != nil {
		return err
	}
	if sch.byName[name] != nil {
		return nil
	}
	if err := c.ensureStorage(); err != nil {
		return err
	}
	if err := c.enlist(); err != nil {
		return err
	}
	if err := c.purgeDropped(); err != nil {
		return err
	}
	return c.makeCRR(name)
}

// makeCRR makes what a replicated table has beside it, and fills it.
func (c *conn) makeCRR(name string) error {
	keys, others, err := c.columnsOf(name)
	if err != nil {
		return err
	}
	if err := c.Exec(clockDefinition(name, keys)); err != nil {
		return err
	}
	if err := c.makeTriggers(name, keys, others); err != nil {
		return err
	}
	t, err := c.table(name)
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("table %s was not made to replicate", name)
	}
	if err := c.backfill(t); err != nil {
		return err
	}
	return c.applyUnknown(t)
}

// clockDefinition spells the tables of clocks and keys as the original does.
func clockDefinition(name string, keys []column) string {
	clock, pks := ident(name+clockSuffix), ident(name+pksSuffix)
	return fmt.Sprintf(`CREATE TABLE IF NOT EXISTS main.%[1]s (
      key INTEGER NOT NULL,
      col_name TEXT NOT NULL,
      col_version INTEGER NOT NULL,
      db_version INTEGER NOT NULL,
      site_id INTEGER NOT NULL DEFAULT 0,
      seq INTEGER NOT NULL,
      PRIMARY KEY (key, col_name)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX IF NOT EXISTS main.%[2]s ON %[1]s ("db_version");
    CREATE TABLE IF NOT EXISTS main.%[3]s (__crsql_key INTEGER PRIMARY KEY, %[5]s);
    CREATE UNIQUE INDEX IF NOT EXISTS main.%[4]s ON %[3]s (%[5]s);`,
		clock, ident(name+clockSuffix+"_dbv_idx"), pks, ident(name+pksSuffix+"_pks"), names("", keys))
}

// asTable has a table replicate no more, and keeps what it holds. The version stays, so that peers who have seen changes up
// to it do not miss those that come after.
func (c *conn) asTable(name string) error {
	restore := c.preserve()
	defer restore()
	return c.within("as_table", func() error {
		name, err := c.tableNamed(name)
		if err != nil {
			return err
		}
		sch, err := c.current()
		if err != nil || sch.byName[name] == nil {
			return err
		}
		if err := c.enlist(); err != nil {
			return err
		}
		if err := c.keepFloor(); err != nil {
			return err
		}
		if err := c.dropTriggers(name); err != nil {
			return err
		}
		return c.dropClock(name)
	})
}

func (c *conn) dropClock(name string) error {
	c.invalidate() // its statements hold the tables
	if err := c.dropLog(name); err != nil {
		return err
	}
	if err := c.forgetMarks(); err != nil {
		return err
	}
	return c.Exec("DROP TABLE IF EXISTS main." + ident(name+clockSuffix) + "; DROP TABLE IF EXISTS main." + ident(name+pksSuffix))
}

// SQLite tells nobody of DROP TABLE. What a dropped table leaves is not looked at from then on; the next transaction that
// writes replicated rows empties it, and the next change of what replicates, outside of other statements, drops it.

// emptyDropped empties the clocks of tables that were dropped.
func (c *conn) emptyDropped(sch *schema) error {
	for _, name := range sch.dropped {
		clock := "main." + ident(name+clockSuffix)
		left := false
		if err := c.query("SELECT 1 FROM "+clock+" LIMIT 1", nil, func(sqlite3.Stmt) error { left = true; return nil }); err != nil {
			return err
		}
		if !left {
			continue
		}
		if err := c.keepFloor(); err != nil {
			return err
		}
		if err := c.Exec("DELETE FROM " + clock + "; DELETE FROM main." + ident(name+pksSuffix)); err != nil {
			return err
		}
		if err := c.forgetMarks(); err != nil {
			return err
		}
	}
	return nil
}

// purgeDropped drops the clocks of tables that were dropped.
func (c *conn) purgeDropped() error {
	sch, err := c.current()
	if err != nil || len(sch.dropped) == 0 {
		return err
	}
	if err := c.keepFloor(); err != nil {
		return err
	}
	for _, name := range sch.dropped {
		err := c.dropClock(name)
		var e *sqlite3.Error
		if errors.As(err, &e) && e.Code&0xff == sqlite3.CodeLocked {
			continue // a statement of the user reads; another time
		}
		if err != nil {
			return err
		}
	}
	return nil
}
