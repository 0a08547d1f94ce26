package ext

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

func (d *database) parents(t *planner.Table) ([]string, error) {
	var ps []string
	err := d.e.query("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1, ?2) WHERE EXISTS (SELECT 1 FROM "+ident(t.Schema)+
		".sqlite_master m WHERE m.type = 'table' AND m.name = \"table\" COLLATE NOCASE)",
		[]dbsp.Value{dbsp.NewText(t.Name), dbsp.NewText(t.Schema)}, func(s sqlite3.Stmt) error {
			if p := s.Column(0).Str(); !strings.EqualFold(p, t.Name) {
				ps = append(ps, p)
			}
			return nil
		})
	return ps, err
}

func (d *database) ensureCapture(t *planner.Table, columns []string) (*layout, error) {
	key := d.key(t)
	if key == t.Name && d.isForeign(key) {
		return nil, fmt.Errorf("ext: table %s: a name that begins with %s is taken for a table of %s", t.Name, foreignPrefix, foreignSchema)
	}
	w := d.watched[strings.ToLower(key)]
	lay := &layout{table: key}
	for id, l := range d.layouts {
		lay.id = max(lay.id, id)
		lay.generation = max(lay.generation, l.generation)
	}
	lay.id++
	lay.generation++
	if w != nil && w.reason == "" {
		lay.generation = w.layout.generation
		lay.columns = slices.Clone(w.layout.columns)
	}
	identity, _, err := identityColumns(t)
	if err != nil {
		return nil, err
	}
	for _, c := range identity {
		if !slices.Contains(lay.columns, c.Name) {
			lay.columns = append(lay.columns, c.Name)
		}
	}
	for _, c := range columns {
		if !slices.Contains(lay.columns, c) {
			lay.columns = append(lay.columns, c)
		}
	}
	if err := lay.resolveIdentity(t); err != nil {
		return nil, err
	}
	if w != nil && w.reason == "" && len(lay.columns) == len(w.layout.columns) {
		if w.outdated {
			if err := d.createTriggers(t, w.layout, !w.unarmed); err != nil {
				return nil, err
			}
			w.outdated = false
		}
		return w.layout, nil
	}
	names, _ := json.Marshal(lay.columns)
	if err := d.e.query("DELETE FROM "+qualified(d.name, capturesTable)+" WHERE tbl = ?1",
		[]dbsp.Value{dbsp.NewText(key)}, nil); err != nil {
		return nil, err
	}
	if err := d.e.query("INSERT INTO "+qualified(d.name, capturesTable)+" VALUES(?1, ?2, ?3, ?4)",
		[]dbsp.Value{dbsp.NewInteger(lay.id), dbsp.NewText(key), dbsp.NewInteger(lay.generation), dbsp.NewText(string(names))}, nil); err != nil {
		return nil, err
	}
	armed := d.replaces || d.e.armed || w != nil && w.reason == "" && !w.unarmed
	if err := d.createTriggers(t, lay, armed); err != nil {
		return nil, err
	}
	d.layouts[lay.id] = lay
	d.foreign = d.foreign || d.isForeign(key)
	d.setWatched(key, &watchedTable{layout: lay, table: t, unarmed: !armed})
	return lay, nil
}

// createTriggers (re)creates a table's capture triggers, which makes them its newest.
func (d *database) createTriggers(t *planner.Table, lay *layout, armed bool) error {
	ts, err := d.e.triggersOf(t, lay)
	if err != nil {
		return err
	}
	if err := d.dropTriggers(lay.table); err != nil {
		return err
	}
	for _, x := range ts {
		if x.arming && !armed {
			continue
		}
		sql := strings.Replace(x.sql, "CREATE TRIGGER ", "CREATE TRIGGER "+ident(d.name)+".", 1)
		if err := d.e.conn.Exec(sql); err != nil {
			return fmt.Errorf("ext: create trigger on table %s: %w", t.Name, err)
		}
	}
	return nil
}

func (d *database) dropTriggers(table string) error {
	for _, event := range []string{"ai", "ad", "au", "bi", "bu"} {
		if err := d.e.conn.Exec("DROP TRIGGER IF EXISTS " + qualified(d.name, triggerName(table, event))); err != nil {
			return err
		}
	}
	return nil
}
