package ext

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// SQLite before 3.54.1 looks for a parent row's children by comparing with its key, to which it applies the affinity of the
// child's column: in place, so that triggers are shown an OLD key that is no longer of its own type. What is captured of the
// deletion or update of such a row is not what was there, and the views are computed anew.

// misshown reports whether triggers on t may be shown such keys: whether some table refers to t by columns of another affinity.
func (d *database) misshown(t *planner.Table, children []string) (bool, error) {
	if d.e.conn.Version() >= 3054001 {
		return false, nil
	}
	for _, child := range children {
		found, err := d.refersByOtherAffinity(child, t)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

func (d *database) refersByOtherAffinity(child string, parent *planner.Table) (bool, error) {
	var from, to []string
	err := d.e.query(`SELECT "from", "to" FROM pragma_foreign_key_list(?1, ?2) WHERE "table" = ?3 COLLATE NOCASE ORDER BY id, seq`,
		[]dbsp.Value{dbsp.NewText(child), dbsp.NewText(parent.Schema), dbsp.NewText(parent.Name)}, func(s sqlite3.Stmt) error {
			from, to = append(from, s.Column(0).Str()), append(to, s.Column(1).Str())
			return nil
		})
	if err != nil || len(from) == 0 {
		return false, err
	}
	t, err := d.e.readTable(parent.Schema, child)
	if err != nil || t == nil {
		return false, err
	}
	for i, name := range from {
		c := columnNamed(t, name)
		if c == nil {
			continue
		}
		// Without a name it is a column of the primary key: any of them.
		for _, p := range parent.Columns {
			if to[i] == "" && p.PK == 0 || to[i] != "" && !strings.EqualFold(to[i], p.Name) {
				continue
			}
			if converts(c.Affinity, p.Affinity) {
				return true, nil
			}
		}
	}
	return false, nil
}

func columnNamed(t *planner.Table, name string) *planner.TableColumn {
	i := slices.IndexFunc(t.Columns, func(c planner.TableColumn) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// converts reports whether a value stored with affinity from may be another after the affinity to is applied.
func converts(to, from planner.Affinity) bool {
	whole := func(a planner.Affinity) bool { return a == planner.AffinityInteger || a == planner.AffinityNumeric }
	return to != planner.AffinityBlob && to != from && !(whole(to) && whole(from))
}
