package crsql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clsetTable is a virtual table whose content is a table of its own, which is migrated.
var clsetTable = regexp.MustCompile(`(?is)\busing\s+"?clset\b`)

// migrate drops what the target lacks and alters the tables that both have. Tables, indexes, views and triggers that are
// missing are not made: running the schema makes them.
func (m *model) migrate(c *conn, target *model) error {
	if err := m.dropDependents(c, target); err != nil {
		return err
	}
	var common []*modelTable
	for _, virtual := range []bool{true, false} { // a virtual table may be over others
		for _, t := range m.tables {
			switch {
			case t.virtual != virtual:
			case target.table(t.name) != nil:
				common = append(common, t)
			default:
				// A table may have gone with a virtual table that it belonged to.
				if err := c.Exec("DROP TABLE IF EXISTS main." + ident(t.name)); err != nil {
					return fmt.Errorf("dropping table %s: %w", t.name, err)
				}
			}
		}
	}
	for _, t := range common {
		if err := t.migrate(c, target.table(t.name)); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

// dropDependents drops views and triggers that the schema makes again: those that it makes otherwise, and all if a table is
// to be altered.
func (m *model) dropDependents(c *conn, target *model) error {
	altered := slices.ContainsFunc(m.tables, func(t *modelTable) bool {
		other := target.table(t.name)
		return other != nil && !t.virtual && len(t.steps(other)) > 0
	})
	for _, d := range m.dependents {
		at := slices.IndexFunc(target.dependents, func(o dependent) bool { return o.kind == d.kind && strings.EqualFold(o.name, d.name) })
		if at < 0 || !altered && target.dependents[at].sql == d.sql {
			continue
		}
		// A trigger may have gone with its view.
		if err := c.Exec("DROP " + d.kind + " IF EXISTS main." + ident(d.name)); err != nil {
			return fmt.Errorf("dropping %s %s: %w", d.kind, d.name, err)
		}
	}
	return nil
}

// migrate makes a table like target.
func (t *modelTable) migrate(c *conn, target *modelTable) error {
	switch {
	case t.virtual != target.virtual:
		return fmt.Errorf("%w: only one of the two is virtual; drop it", ErrMigration)
	case t.virtual:
		if t.sql != target.sql && !clsetTable.MatchString(t.sql) {
			return fmt.Errorf("%w: it is virtual; drop it", ErrMigration)
		}
		return nil
	case !sameNames(t.key, target.key):
		return fmt.Errorf("%w: its primary key differs; make another table and copy the rows", ErrMigration)
	case !sameNames(t.generated, target.generated):
		return fmt.Errorf("%w: its generated columns differ; alter it yourself", ErrMigration)
	}
	steps := t.steps(target)
	if len(steps) == 0 {
		return nil
	}
	sch, err := c.current()
	if err != nil {
		return err
	}
	replicated := sch.byName[t.name] != nil
	if replicated {
		if err := c.beginAlter(t.name); err != nil {
			return err
		}
		defer delete(c.altering, t.name)
	}
	for _, step := range steps {
		if err := c.Exec(step); err != nil {
			return err
		}
	}
	if replicated {
		return c.finishAlter(t.name)
	}
	return nil
}

// steps are the statements that make t like target: indexes first, since a column with an index can't be dropped.
func (t *modelTable) steps(target *modelTable) (steps []string) {
	for _, i := range t.indexes {
		if same := target.index(i.name); same == nil || same.sql != i.sql {
			steps = append(steps, "DROP INDEX main."+ident(i.name))
		}
	}
	for _, col := range t.columns {
		if target.column(col.name) == nil {
			steps = append(steps, fmt.Sprintf("ALTER TABLE main.%s DROP COLUMN %s", ident(t.name), ident(col.name)))
		}
	}
	for _, col := range target.columns {
		if t.column(col.name) != nil {
			continue
		}
		notNull, fallback := "", ""
		if col.notNull {
			notNull = "NOT NULL "
		}
		if col.fallback != "" {
			fallback = "DEFAULT " + col.fallback
		}
		// With the original's spaces: they show in sqlite_master.
		steps = append(steps, fmt.Sprintf("ALTER TABLE main.%s ADD COLUMN %s %s %s %s", ident(t.name), ident(col.name), col.declared, notNull, fallback))
	}
	return steps
}

func sameNames(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }
