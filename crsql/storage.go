package crsql

import (
	"crypto/rand"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// The original makes its own tables whenever it is loaded. Here they are made when they are first needed, by the first
// table that is to be replicated, a setting, or crsql_site_id(): files of those who use none of it stay as they are.

// recorded is the version of the format: 0.16.3.
const (
	formatVersion = 160300
	oldestVersion = 150000
	siteNullable  = 160000 // before it, NULL in a clock was the own site
)

const (
	settingPrefix = "config."
	floorKey      = "pre_compact_dbversion"
)

// recordedVersion returns the version of the format that the file says it has, 0 for none.
func (c *conn) recordedVersion(storage bool) (v int64, err error) {
	if !storage {
		return 0, nil
	}
	err = c.queryKept("SELECT value FROM main.crsql_master WHERE key = 'crsqlite_version'", nil, func(s sqlite3.Stmt) error {
		v = s.ColumnRaw(0).Int()
		return nil
	})
	if err == nil && v < oldestVersion {
		err = fmt.Errorf("%w: it has %d", ErrVersion, v)
	}
	return v, err
}

// raiseVersion notes in a file of an older version that this one wrote it; the format is the same but for sites. A newer
// version is left alone.
func (c *conn) raiseVersion(sch *schema) error {
	if !sch.storage || sch.version >= formatVersion {
		return nil
	}
	if sch.version < siteNullable {
		for _, t := range sch.tables {
			if err := c.Exec("UPDATE " + t.clock + " SET site_id = 0 WHERE site_id IS NULL"); err != nil {
				return err
			}
		}
	}
	if err := c.setMaster("crsqlite_version", formatVersion); err != nil {
		return err
	}
	sch.version = formatVersion
	return nil
}

func (c *conn) setMaster(key string, value int64) error {
	return c.queryKept("INSERT OR REPLACE INTO main.crsql_master VALUES(?1, ?2)",
		[]dbsp.Value{dbsp.NewText(key), dbsp.NewInteger(value)}, nil)
}

// ensureStorage makes the tables that all replicated tables share, where they are missing.
func (c *conn) ensureStorage() error {
	sch, err := c.current()
	if err != nil {
		return err
	}
	if !sch.storage {
		err = c.Exec(`CREATE TABLE main."crsql_master" ("key" TEXT PRIMARY KEY, "value" ANY);`)
		if err == nil {
			err = c.setMaster("crsqlite_version", formatVersion)
		}
	}
	if err == nil && !sch.sites {
		err = c.Exec(`CREATE TABLE main."crsql_site_id" (site_id BLOB NOT NULL, ordinal INTEGER PRIMARY KEY);
        CREATE UNIQUE INDEX main.crsql_site_id_site_id ON "crsql_site_id" (site_id);`)
	}
	if err == nil && (!sch.storage || !sch.sites) {
		err = c.Exec(`CREATE TABLE IF NOT EXISTS main.crsql_tracked_peers ("site_id" BLOB NOT NULL, "version" INTEGER NOT NULL, ` +
			`"seq" INTEGER DEFAULT 0, "tag" INTEGER, "event" INTEGER, PRIMARY KEY ("site_id", "tag", "event")) STRICT;`)
	}
	if err != nil {
		return fmt.Errorf("making the tables of crsql: %w", err)
	}
	_, err = c.siteID()
	return err
}

// siteID returns the file's site id, giving it one.
func (c *conn) siteID() (id dbsp.Value, err error) {
	const ask = "SELECT site_id FROM main.crsql_site_id WHERE ordinal = 0"
	read := func() error {
		return c.queryKept(ask, nil, func(s sqlite3.Stmt) error { id = s.Column(0); return nil })
	}
	if err := read(); err != nil || !id.IsNull() {
		return id, err
	}
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return id, err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // as a random UUID
	if err := c.queryKept("INSERT INTO main.crsql_site_id(site_id, ordinal) VALUES(?1, 0)",
		[]dbsp.Value{dbsp.NewBlob(string(b[:]))}, nil); err != nil {
		return id, err
	}
	return id, read()
}

// ordinal returns the number that the file has for a site, giving it one. A site without a name is the own.
func (c *conn) ordinal(site string) (n int64, err error) {
	if site == "" {
		return 0, nil
	}
	if n, ok := c.tx.ordinals[site]; ok {
		return n, nil
	}
	name := []dbsp.Value{dbsp.NewBlob(site)}
	n = -1
	read := func() error {
		return c.queryKept("SELECT ordinal FROM main.crsql_site_id WHERE site_id = ?1", name, func(s sqlite3.Stmt) error {
			n = s.ColumnRaw(0).Int()
			return nil
		})
	}
	if err = read(); err == nil && n < 0 {
		if err = c.queryKept("INSERT INTO main.crsql_site_id(site_id) VALUES(?1)", name, nil); err == nil {
			err = read()
		}
	}
	if err != nil {
		return 0, err
	}
	if c.tx.ordinals == nil {
		c.tx.ordinals = map[string]int64{}
	}
	c.tx.ordinals[name[0].Clone().Str()] = n
	return n, nil
}

// atomically runs f in a savepoint, unless a running statement of the user does not allow one: then f is part of that.
func (c *conn) atomically(f func() error) error {
	if err := c.Exec("SAVEPOINT crsql_setup"); err != nil {
		return f()
	}
	if err := f(); err != nil {
		_ = c.Exec("ROLLBACK TO crsql_setup; RELEASE crsql_setup")
		return err
	}
	return c.Exec("RELEASE crsql_setup")
}
