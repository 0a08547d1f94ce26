package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// classOf returns the storage class that the declared type of a column makes of numerals. SQLite knows what it means.
func (c *conn) classOf(table, column string) (class string, err error) {
	declared := ""
	err = c.query("SELECT type FROM pragma_table_info(?1, 'main') WHERE name = ?2", []dbsp.Value{dbsp.NewText(table), dbsp.NewText(column)},
		func(s sqlite3.Stmt) error { declared = s.Column(0).Str(); return nil })
	if err != nil || declared == "" {
		return "", err
	}
	err = c.query("SELECT typeof(CAST('1' AS "+declared+"))", nil, func(s sqlite3.Stmt) error { class = s.Column(0).Str(); return nil })
	return class, err
}

// makes reports whether a column makes held of v when it is written. A peer whose column is declared otherwise sends v
// again and again, and by its class it would win each time: integers win over reals, and both over texts.
func (c *conn) makes(t *table, place int, v, held dbsp.Value) (same bool, err error) {
	number := v.Kind() == dbsp.Integer || v.Kind() == dbsp.Real
	if !number || v.Kind() == held.Kind() || held.Kind() != dbsp.Real && held.Kind() != dbsp.Text {
		return false, nil
	}
	class, known := t.classes[place]
	if !known {
		if class, err = c.classOf(t.name, t.others[place].name); err != nil {
			return false, err
		}
		t.classes[place] = class
	}
	if class != held.Kind().String() {
		return false, nil
	}
	err = c.queryKept(fmt.Sprintf("SELECT CAST(?1 AS %s) IS ?2", class), []dbsp.Value{v, held}, func(s sqlite3.Stmt) error {
		same = s.ColumnRaw(0).Int() != 0
		return nil
	})
	return same, err
}
