package ext

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// watchedTable is a base table with capture, and how its triggers stand.
type watchedTable struct {
	layout *layout
	table  *planner.Table // nil when it is gone
	reason string         // why capture can't be trusted
	// outdated: the triggers are there but no longer the ones we would create (a new unique key), or a trigger of the
	// user's is newer and can keep ours from firing.
	outdated bool
	// unarmed: it has unique keys, and no trigger that sees what INSERT OR REPLACE removes.
	unarmed bool
	// shadowed names a newer AFTER trigger of the user's: it fires before ours, changes what ours then sees, and can keep
	// it from firing, by RAISE(IGNORE), or by an error under FAIL.
	shadowed string
	// hidden names a TEMP one: those always fire first. hiddenIgnores tells that it has such a RAISE.
	hidden        string
	hiddenIgnores bool
}

func (d *database) loadCaptures(old map[int64]*layout) error {
	err := d.e.query("SELECT layout, tbl, generation, columns FROM "+qualified(d.name, capturesTable), nil,
		func(s sqlite3.Stmt) error {
			l := &layout{id: s.Column(0).Int(), table: s.Column(1).Str(), generation: s.Column(2).Int()}
			if err := json.Unmarshal([]byte(s.Column(3).Str()), &l.columns); err != nil {
				return fmt.Errorf("%s: %w", capturesTable, ErrDamaged)
			}
			if o := old[l.id]; o != nil && strings.EqualFold(o.table, l.table) && slices.Equal(o.columns, l.columns) {
				o.generation = l.generation
				l = o
			}
			d.layouts[l.id] = l
			return nil
		})
	if err != nil {
		return err
	}
	d.replaces, d.fails, d.triggered, d.foreign, d.misshows = false, false, false, false, false
	for _, l := range d.layouts {
		d.foreign = d.foreign || d.isForeign(l.table)
	}
	var (
		triggers []userTrigger
		children = map[string][]string{} // tables that refer to others, by schema
	)
	for _, schema := range d.schemas() {
		err := d.e.query("SELECT type, name, tbl_name, sql, rowid FROM "+ident(schema)+
			".sqlite_master WHERE type IN ('trigger', 'table') AND sql IS NOT NULL", nil, func(s sqlite3.Stmt) error {
			name, sql := s.Column(1).Str(), s.Column(3).Str()
			if !isInternal(name) {
				d.replaces = d.replaces || containsReplace(sql)
				d.fails = d.fails || containsFold(sql, "fail")
			}
			if s.Column(0).Str() == "table" && containsFold(sql, "references") {
				children[schema] = append(children[schema], name)
			}
			if s.Column(0).Str() == "trigger" {
				d.triggered = d.triggered || !isInternal(name)
				triggers = append(triggers, userTrigger{
					schema: schema, name: name, table: s.Column(2).Str(), sql: sql, seq: s.Column(4).Int(),
				})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, l := range d.layouts {
		w, err := d.watch(l, triggers, children)
		if err != nil {
			return err
		}
		d.setWatched(l.table, w)
		d.misshows = d.misshows || l.misshown
	}
	return nil
}

// userTrigger is a trigger of the schema, ours included.
type userTrigger struct {
	schema, name, table, sql string
	seq                      int64
}

// watch compares a base table's triggers with what they should be. children are the tables that refer to others, by schema.
func (d *database) watch(l *layout, triggers []userTrigger, children map[string][]string) (*watchedTable, error) {
	w := &watchedTable{layout: l}
	schema, table := d.locate(l.table)
	t, err := d.e.readTable(schema, table)
	if err != nil {
		return nil, err
	}
	l.interfered, l.late, l.misshown = false, false, false
	if t == nil || t.Kind != planner.OrdinaryTable {
		w.reason = fmt.Sprintf("table %s is gone", l.table)
		return w, nil
	}
	w.table = t
	if l.misshown, err = d.misshown(t, children[schema]); err != nil {
		return nil, err
	}
	if err := l.resolveIdentity(t); err != nil {
		w.reason = err.Error()
		return w, nil
	}
	for _, c := range l.columns {
		if c != "" && columnNamed(t, c) == nil {
			w.reason = fmt.Sprintf("column %s of table %s is gone", c, l.table)
			return w, nil
		}
	}
	want, err := d.e.triggersOf(t, l)
	if err != nil {
		w.reason = err.Error()
		return w, nil
	}
	oldest := int64(1) << 62
	for _, x := range want {
		i := slices.IndexFunc(triggers, func(u userTrigger) bool {
			return u.schema == d.name && strings.EqualFold(u.name, x.name) && strings.EqualFold(u.table, table)
		})
		if i < 0 {
			if strings.Contains(x.sql, " AFTER ") {
				w.reason = fmt.Sprintf("table %s was dropped or recreated", l.table)
				return w, nil
			}
			if x.arming && !d.replaces && !d.e.armed && !d.tx.arm[strings.ToLower(l.table)] {
				w.unarmed = true
			} else {
				w.outdated = true // a first unique key, or a first REPLACE in the schema
			}
			continue
		}
		if triggers[i].sql != x.sql {
			w.outdated = true
		}
		oldest = min(oldest, triggers[i].seq)
	}
	for _, u := range triggers {
		if !strings.EqualFold(u.table, table) || isInternal(u.name) {
			continue
		}
		// A TEMP trigger does not say which schema's table it is on.
		before, ignores := readTrigger(u.sql)
		switch {
		case before:
			l.interfered = true
		case u.schema == foreignSchema && d.isTemp(): // fires after ours
		case u.schema != d.name:
			l.interfered, l.late = true, true
			w.hidden, w.hiddenIgnores = u.name, w.hiddenIgnores || ignores
		case u.seq > oldest:
			w.shadowed, w.outdated = u.name, true
		}
	}
	return w, nil
}

// setWatched enters a table that views read.
func (d *database) setWatched(table string, w *watchedTable) {
	key := strings.ToLower(table)
	if old := d.watched[key]; old != nil {
		d.watchedList = slices.DeleteFunc(d.watchedList, func(x *watchedTable) bool { return x == old })
	}
	d.watched[key] = w
	d.watchedList = append(d.watchedList, w)
}
