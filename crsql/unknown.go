package crsql

import (
	"errors"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Peers change their schemas at different times. Changes of columns that are not declared here are kept, the winner of each
// cell, and merged once the column is; so are those of tables, where a setting says so.

const unknownTable = "crsql_unknown_changes"

// refuseTable keeps changes of a table that does not replicate, or refuses them.
func (c *conn) refuseTable(changes []arrival) error {
	keep, err := c.setting(keepUnknownTables)
	if err != nil {
		return err
	}
	refuse, err := c.setting(strict)
	if err != nil {
		return err
	}
	if keep == 0 || refuse != 0 {
		return fmt.Errorf("crsql - could not find the schema information for table %s", changes[0].table)
	}
	for i := range changes {
		if err := c.keepUnknown(&changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// mergeUnknown keeps a change of a column that the table has not.
func (c *conn) mergeUnknown(t *table, a *arrival) error {
	refuse, err := c.setting(strict)
	if err != nil {
		return err
	}
	if refuse != 0 {
		return fmt.Errorf("crsql: table %s has no column %s", t.name, a.cid)
	}
	if err := c.writeWinners(t); err != nil {
		return err
	}
	if len(t.others) == 0 && a.cl > c.row.cl {
		// Nothing else will say that the row is there.
		if err := c.mergeResurrect(t, a); err != nil {
			return err
		}
	}
	return c.keepUnknown(a)
}

// keepUnknown keeps a change, unless a later one of its cell is kept.
func (c *conn) keepUnknown(a *arrival) error {
	values, err := pack.AppendParsed(nil, a.pk)
	if err != nil {
		return fmt.Errorf("crsql: primary key of table %s: %w", a.table, err)
	}
	key, err := pack.Append(nil, values...) // as short as can be, so that it is found again
	if err != nil {
		return fmt.Errorf("crsql: primary key of table %s: %w", a.table, err)
	}
	if sch, err := c.current(); err != nil {
		return err
	} else if !sch.unknown {
		if err := c.Exec("CREATE TABLE main." + unknownTable + `("table" TEXT NOT NULL, pk BLOB NOT NULL, cid TEXT NOT NULL, val,
			col_version INTEGER NOT NULL, db_version INTEGER NOT NULL, site_id BLOB NOT NULL, cl INTEGER NOT NULL,
			seq INTEGER NOT NULL, PRIMARY KEY("table", pk, cid)) WITHOUT ROWID`); err != nil {
			return err
		}
	}
	cell := []dbsp.Value{dbsp.NewText(a.table), dbsp.NewBlob(string(key)), dbsp.NewText(a.cid)}
	later := true
	if err := c.query("SELECT cl, col_version, val, site_id FROM main."+unknownTable+` WHERE "table" = ?1 AND pk = ?2 AND cid = ?3`,
		cell, func(s sqlite3.Stmt) error {
			later = a.later(s.Column(0).Int(), s.Column(1).Int(), s.Column(2), s.Column(3).Str())
			return nil
		}); err != nil || !later {
		return err
	}
	return c.query("INSERT OR REPLACE INTO main."+unknownTable+" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", append(cell, a.val,
		dbsp.NewInteger(a.colVersion), dbsp.NewInteger(a.dbVersion), dbsp.NewBlob(a.site), dbsp.NewInteger(a.cl),
		dbsp.NewInteger(a.seq)), nil)
}

// later reports whether a comes after another change of its cell.
func (a *arrival) later(cl, colVersion int64, val dbsp.Value, site string) bool {
	if a.cl != cl {
		return a.cl > cl
	}
	if a.colVersion != colVersion {
		return a.colVersion > colVersion
	}
	if d := compareValues(a.val, val); d != 0 {
		return d > 0
	}
	return a.site > site
}

// applyUnknown merges what is kept for columns that the table has by now. What a constraint refuses stays.
func (c *conn) applyUnknown(t *table) error {
	sch, err := c.current()
	if err != nil || !sch.unknown {
		return err
	}
	var kept []arrival
	if err := c.query(`SELECT pk, cid, val, col_version, db_version, site_id, cl, seq FROM main.`+unknownTable+
		` WHERE "table" = ?1 ORDER BY pk, cl, cid`, []dbsp.Value{dbsp.NewText(t.name)}, func(s sqlite3.Stmt) error {
		a := arrival{
			table: t.name, pk: s.Column(0).Str(), cid: s.Column(1).Str(), val: s.Column(2), colVersion: s.Column(3).Int(),
			dbVersion: s.Column(4).Int(), site: s.Column(5).Str(), cl: s.Column(6).Int(), seq: s.Column(7).Int(),
		}
		if _, known := t.places[a.cid]; known || a.cid == Sentinel {
			kept = append(kept, a)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, a := range kept {
		if err := c.merge(a); err != nil {
			var e *sqlite3.Error
			if errors.Is(err, pack.ErrMalformed) || errors.Is(err, errKeyShape) || errors.As(err, &e) && e.Code&0xff == sqlite3.CodeConstraint {
				continue
			}
			return err
		}
		if err := c.query("DELETE FROM main."+unknownTable+` WHERE "table" = ?1 AND pk = ?2 AND cid = ?3`,
			[]dbsp.Value{dbsp.NewText(a.table), dbsp.NewBlob(a.pk), dbsp.NewText(a.cid)}, nil); err != nil {
			return err
		}
	}
	return nil
}

// mergeDeclared is applyDeclared where no change comes.
func (c *conn) mergeDeclared() error {
	c.enter()
	defer c.leave()
	sch, err := c.schemaNow()
	if err != nil {
		return err
	}
	return c.applyDeclared(sch)
}

// applyDeclared merges what is kept for columns that were declared by ALTER TABLE alone since.
func (c *conn) applyDeclared(sch *schema) error {
	if !sch.unknown || sch.applied {
		return nil
	}
	sch.applied = true // for what is declared later the schema is loaded anew
	for _, t := range sch.tables {
		if err := c.applyUnknown(t); err != nil {
			return err
		}
	}
	return nil
}
