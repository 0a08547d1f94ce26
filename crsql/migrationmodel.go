package crsql

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// model is what migration looks at of a database: its tables, in the order of their making.
type model struct {
	tables []*modelTable
	// dependents are views and triggers, which may stand in the way of altering a table.
	dependents []dependent
}

// dependent is a view or a trigger.
type dependent struct{ kind, name, sql string }

// modelTable is a table that a user made, or a virtual one.
type modelTable struct {
	name      string
	virtual   bool
	sql       string
	columns   []modelColumn
	generated []string
	key       []string
	indexes   []modelIndex
}

// modelColumn is a column that can be written.
type modelColumn struct {
	name, declared string
	notNull        bool
	fallback       string // DEFAULT as ALTER TABLE takes it, or ""
}

// modelIndex is an index that a statement made.
type modelIndex struct{ name, sql string }

// table returns a table by its name, nil if there is none. Names are the same whatever their case.
func (m *model) table(name string) *modelTable {
	for _, t := range m.tables {
		if strings.EqualFold(t.name, name) {
			return t
		}
	}
	return nil
}

// readModel reads the model of main. It leaves out what belongs to SQLite, to crsql, and to other extensions: shadow tables
// of virtual tables, and those whose names begin with two underscores.
func readModel(on sqlite3.Conn) (*model, error) {
	c, m := &conn{Conn: on}, &model{}
	err := c.query(`SELECT l.name, l.type = 'virtual', m.sql FROM pragma_table_list AS l
		JOIN main.sqlite_master AS m ON m.name = l.name AND m.type = 'table'
		WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND l.name NOT LIKE 'crsql\_%' ESCAPE '\' AND l.name NOT LIKE '%\_\_crsql\_%' ESCAPE '\'
		AND l.name NOT LIKE '\_\_%' ESCAPE '\' ORDER BY m.rowid`, nil, func(s sqlite3.Stmt) error {
		m.tables = append(m.tables, &modelTable{name: s.Column(0).Str(), virtual: s.Column(1).Int() != 0, sql: s.Column(2).Str()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, t := range m.tables {
		if t.virtual {
			continue
		}
		if err := t.read(c); err != nil {
			return nil, err
		}
	}
	return m, c.query(`SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('view', 'trigger')
		AND name NOT LIKE '%\_\_crsql\_%' ESCAPE '\' AND name NOT LIKE '\_\_%' ESCAPE '\'
		OR type = 'trigger' AND name LIKE '\_\_crsql\_%\_fractindex\_%' ESCAPE '\' ORDER BY rowid`, nil, func(s sqlite3.Stmt) error {
		m.dependents = append(m.dependents, dependent{s.Column(0).Str(), s.Column(1).Str(), s.Column(2).Str()})
		return nil
	})
}

func (t *modelTable) read(c *conn) error {
	name := []dbsp.Value{dbsp.NewText(t.name)}
	type place struct {
		at   int64
		name string
	}
	var key []place
	err := c.query(`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid`,
		name, func(s sqlite3.Stmt) error {
			column := modelColumn{name: s.Column(0).Str(), declared: s.Column(1).Str(), notNull: s.Column(2).Int() != 0}
			if s.Column(5).Int() != 0 {
				t.generated = append(t.generated, column.name)
				return nil
			}
			column.fallback = s.Column(3).Str()
			t.columns = append(t.columns, column)
			if at := s.Column(4).Int(); at != 0 {
				key = append(key, place{at, column.name})
			}
			return nil
		})
	if err != nil {
		return err
	}
	t.key = make([]string, len(key))
	for _, k := range key {
		t.key[k.at-1] = k.name
	}
	return c.query(`SELECT m.name, m.sql FROM pragma_index_list(?1, 'main') AS l JOIN main.sqlite_master AS m ON m.name = l.name
		WHERE l.origin = 'c' ORDER BY m.rowid`, name, func(s sqlite3.Stmt) error {
		t.indexes = append(t.indexes, modelIndex{s.Column(0).Str(), s.Column(1).Str()})
		return nil
	})
}

// readDefaults puts the parentheses back around the defaults that need them. SQLite says which: those that it can't read
// without.
func (m *model) readDefaults(c sqlite3.Conn) {
	for _, t := range m.tables {
		for i := range t.columns {
			d := &t.columns[i].fallback
			if *d == "" {
				continue
			}
			s, tail, err := c.Prepare("CREATE TABLE temp.crsql_default(x DEFAULT "+*d+")", false)
			if err == nil {
				_ = s.Finalize()
			}
			if err != nil || tail != "" {
				*d = "(" + *d + ")"
			}
		}
	}
}

func (t *modelTable) column(name string) *modelColumn {
	for i := range t.columns {
		if strings.EqualFold(t.columns[i].name, name) {
			return &t.columns[i]
		}
	}
	return nil
}

func (t *modelTable) index(name string) *modelIndex {
	for i := range t.indexes {
		if strings.EqualFold(t.indexes[i].name, name) {
			return &t.indexes[i]
		}
	}
	return nil
}
