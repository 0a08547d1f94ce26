package ext

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// sweep removes all capture from the schema when the view that is being dropped was the last one, whatever the catalog
// says of it: dropping all views must free the tables of a file whose catalog is damaged.
func (d *database) sweep(dropped string) error {
	views, captures := 0, false
	var triggers []string
	err := d.e.query("SELECT type, name, sql LIKE '%using%"+viewModule+"%' AND rootpage = 0 AND name <> ?1 COLLATE NOCASE FROM "+
		ident(d.name)+".sqlite_master", []dbsp.Value{dbsp.NewText(dropped)}, func(s sqlite3.Stmt) error {
		switch name := s.Column(1).Str(); {
		case s.Column(0).Str() == "trigger" && len(name) > len(triggerPrefix) && name[:len(triggerPrefix)] == triggerPrefix:
			triggers = append(triggers, name)
		case name == capturesTable:
			captures = true
		case s.Column(2).Int() != 0 && !isInternal(name):
			views++
		}
		return nil
	})
	if err != nil || views > 0 {
		return err
	}
	for _, name := range triggers {
		if err := d.e.conn.Exec("DROP TRIGGER " + qualified(d.name, name)); err != nil {
			return err
		}
	}
	if !captures {
		return nil
	}
	return d.e.conn.Exec("DELETE FROM " + qualified(d.name, capturesTable))
}
