package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// backfill records what a table holds and its clocks don't know: whole rows, and columns whose value is not their
// default. Everything it writes gets the transaction's version, taken when there is something to write, so that peers
// who know the file up to now learn of it.
func (c *conn) backfill(t *table) error {
	if err := c.backfillRows(t); err != nil {
		return err
	}
	for _, col := range t.others {
		if err := c.backfillColumn(t, col); err != nil {
			return err
		}
	}
	return nil
}

// backfillRows gives rows without a key one, in the order of the table, and clocks for all of their columns.
func (c *conn) backfillRows(t *table) error {
	last, err := c.number("SELECT coalesce(max(__crsql_key), 0) FROM " + t.pks)
	if err != nil {
		return err
	}
	if err := c.Exec(fmt.Sprintf("INSERT INTO %s(%s) SELECT %s FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM %s AS k WHERE %s)",
		t.pks, names("", t.keys), names("t.", t.keys), t.base, t.pks, sameKey("t", "k", t.keys))); err != nil {
		return err
	}
	rows, err := c.number("SELECT count(*) FROM "+t.pks+" WHERE __crsql_key > ?1", dbsp.NewInteger(last))
	if err != nil || rows == 0 {
		return err
	}
	columns := t.others
	if len(columns) == 0 {
		columns = []column{{name: Sentinel}}
	}
	var places strings.Builder
	for i, col := range columns {
		if i > 0 {
			places.WriteString(", ")
		}
		fmt.Fprintf(&places, "(%d, %s)", i, literal(col.name))
	}
	life, err := c.firstLife()
	if err != nil {
		return err
	}
	if len(t.others) > 0 && life > 1 {
		if err := c.query("INSERT INTO "+t.clock+"(key, col_name, col_version, db_version, site_id, seq) SELECT __crsql_key, '"+Sentinel+
			"', ?1, ?2, 0, ?3 FROM "+t.pks+" WHERE __crsql_key > ?4", []dbsp.Value{dbsp.NewInteger(life), dbsp.NewInteger(c.nextVersion(0)),
			dbsp.NewInteger(c.nextSeq(1)), dbsp.NewInteger(last)}, nil); err != nil {
			return err
		}
	}
	if len(t.others) > 0 {
		life = 1 // of columns, in the row's life
	}
	// The keys are given one after the other, so a key tells how many rows were before.
	return c.query(fmt.Sprintf(`WITH places(place, name) AS (VALUES %[1]s)
		INSERT INTO %[2]s(key, col_name, col_version, db_version, site_id, seq)
		SELECT k.__crsql_key, p.name, ?4, ?1, 0, ?2 + (k.__crsql_key - ?3 - 1) * %[4]d + p.place
		FROM %[3]s AS k CROSS JOIN places AS p WHERE k.__crsql_key > ?3`, places.String(), t.clock, t.pks, len(columns)),
		[]dbsp.Value{
			dbsp.NewInteger(c.nextVersion(0)), dbsp.NewInteger(c.nextSeq(int(rows) * len(columns))), dbsp.NewInteger(last),
			dbsp.NewInteger(life),
		}, nil)
}

// backfillColumn gives rows a clock for a column that has none, and another value than its default.
func (c *conn) backfillColumn(t *table, col column) error {
	value := "t." + ident(col.name)
	differs := value + " IS NOT NULL"
	if col.defaultSQL != "" {
		differs = value + " IS NOT (" + col.defaultSQL + ")"
	} else if col.notNull {
		differs = "TRUE"
	}
	missing := fmt.Sprintf(`FROM %s AS t JOIN %s AS k ON %s LEFT JOIN %s AS c ON c.key = k.__crsql_key AND c.col_name = %s
		WHERE c.key IS NULL AND %s`, t.base, t.pks, sameKey("t", "k", t.keys), t.clock, literal(col.name), differs)
	n, err := c.number("SELECT count(*) " + missing)
	if err != nil || n == 0 {
		return err
	}
	return c.query(fmt.Sprintf(`INSERT INTO %s(key, col_name, col_version, db_version, site_id, seq)
		SELECT k.__crsql_key, %s, 1, ?1, 0, ?2 + row_number() OVER () - 1 %s`, t.clock, literal(col.name), missing),
		[]dbsp.Value{dbsp.NewInteger(c.nextVersion(0)), dbsp.NewInteger(c.nextSeq(int(n)))}, nil)
}

// number returns the integer that a query gives.
func (c *conn) number(sql string, args ...dbsp.Value) (n int64, err error) {
	err = c.query(sql, args, func(s sqlite3.Stmt) error {
		n = s.ColumnRaw(0).Int()
		return nil
	})
	return n, err
}
