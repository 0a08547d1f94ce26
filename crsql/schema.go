package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// The names of what belongs to a replicated table are its own with these behind them.
const (
	clockSuffix = "__crsql_clock"
	pksSuffix   = "__crsql_pks"
	insertName  = "__crsql_itrig"
	updateName  = "__crsql_utrig"
	deleteName  = "__crsql_dtrig"
)

// schema is what the database's schema says of replicated tables.
type schema struct {
	storage bool // there is a crsql_master
	sites   bool // there is a crsql_site_id
	unknown bool // there is a table of changes of unknown columns
	version int64
	tables  []*table
	byName  map[string]*table
	// dropped are the names of tables that were dropped, or made anew, and left their clocks.
	dropped []string
	applied bool // kept changes of unknown columns were merged, as far as the columns are declared
}

// probe is a statement that SQLite compiles anew when the schema changed, by whomever, or a change was rolled back.
const probe = "SELECT 1 FROM main.sqlite_master WHERE 0"

// current returns the schema as it is now.
func (c *conn) current() (*schema, error) {
	s, err := c.keep(probe)
	if err != nil {
		return nil, err
	}
	if err := s.Run(); err != nil {
		return nil, err
	}
	if c.schema != nil && s.Reprepared() == c.probed {
		return c.schema, nil
	}
	c.invalidate()
	sch, err := c.loadSchema()
	if err != nil {
		return nil, err
	}
	c.schema, c.probed = sch, s.Reprepared()
	return sch, nil
}

// schemaNow returns the schema that was loaded last, loading it if need be.
func (c *conn) schemaNow() (*schema, error) {
	if c.schema != nil {
		return c.schema, nil
	}
	return c.current()
}

// invalidate forgets the schema and the statements that were made for it.
func (c *conn) invalidate() {
	if c.schema == nil {
		return
	}
	for _, t := range c.schema.tables {
		c.retire(t)
	}
	c.schema = nil
	c.row.forget()
}

func (c *conn) loadSchema() (*schema, error) {
	sch := &schema{byName: map[string]*table{}}
	var bases []string
	tables, triggers, watched := map[string]bool{}, map[string]bool{}, map[string]bool{}
	err := c.queryKept("SELECT type, name, tbl_name FROM main.sqlite_master WHERE type IN ('table', 'trigger')", nil, func(s sqlite3.Stmt) error {
		name := s.Column(1).Str()
		if s.ColumnRaw(0).Str() == "trigger" {
			triggers[name], watched[s.Column(2).Str()] = true, true
			return nil
		}
		tables[name] = true
		if base, ok := strings.CutSuffix(name, clockSuffix); ok {
			bases = append(bases, base)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sch.storage, sch.sites, sch.unknown = tables["crsql_master"], tables["crsql_site_id"], tables[unknownTable]
	if sch.version, err = c.recordedVersion(sch.storage); err != nil {
		return nil, err
	}
	for _, base := range bases {
		switch {
		case !tables[base+pksSuffix]:
			// Not of this version.
		case !tables[base] && !triggers[base+insertName] && !c.altering[base],
			tables[base] && !triggers[base+insertName] && !triggers[base+updateName] && !triggers[base+deleteName] && !c.altering[base]:
			// DROP TABLE took the triggers along. In between of renaming, an altered table may be missing.
			sch.dropped = append(sch.dropped, base)
		case tables[base]:
			t, err := c.loadTable(base)
			if err != nil {
				return nil, err
			}
			if tables[base+numbersSuffix] {
				if t.log, err = c.loadLog(t); err != nil {
					return nil, err
				}
			}
			t.watched = watched[base+clockSuffix]
			sch.tables = append(sch.tables, t)
			sch.byName[base] = t
		}
	}
	return sch, nil
}

// column is a column of a replicated table.
type column struct {
	name       string
	key        int  // its place in the primary key, from 1, or 0
	notNull    bool // declared so
	defaultSQL string
}

// columnsOf returns the columns of a table that can be written: keys in the order of the key, and the others in the
// table's order.
func (c *conn) columnsOf(name string) (keys, others []column, err error) {
	err = c.queryKept(`SELECT name, "notnull", dflt_value, pk FROM pragma_table_info(?1, 'main') ORDER BY cid`,
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			col := column{name: s.Column(0).Str(), notNull: s.ColumnRaw(1).Int() != 0, key: int(s.ColumnRaw(3).Int())}
			if d := s.Column(2); !d.IsNull() {
				col.defaultSQL = d.Str()
			}
			if col.key == 0 {
				others = append(others, col)
			} else {
				keys = append(keys, col)
			}
			return nil
		})
	if err != nil {
		return nil, nil, err
	}
	ordered := make([]column, len(keys))
	for _, k := range keys {
		ordered[k.key-1] = k
	}
	return ordered, others, nil
}

// tableNamed returns the name of a table of main as the schema spells it.
func (c *conn) tableNamed(name string) (string, error) {
	found := ""
	err := c.queryKept("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			found = s.Column(0).Str()
			return nil
		})
	if err != nil {
		return "", err
	}
	if found == "" {
		return "", fmt.Errorf("no such table: %s", name)
	}
	return found, nil
}
