package ext

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// explain lists a view's circuit as a tree, the root first; text is the line to print. The capture triggers of the base
// tables close it.
func (d *database) explain(v *view) ([]dbsp.Row, error) {
	plan := (*planner.Plan)(nil)
	if v.machine != nil {
		plan = v.machine.plan
	} else {
		p, err := planner.New(frozenReader{schemaReader{d.e, d.name}, v.bases}, d.name, v.name, v.resolved, v.columnNames())
		if err != nil {
			return nil, err
		}
		plan = p
	}
	var rows []dbsp.Row
	add := func(parent int64, depth int, operator, detail, state string) int64 {
		id := int64(len(rows) + 1)
		text := strings.Repeat("  ", depth) + strings.TrimSpace(operator+" "+detail)
		if state != "" {
			text += "  [" + state + "]"
		}
		up := dbsp.Value{}
		if parent > 0 {
			up = dbsp.NewInteger(parent)
		}
		rows = append(rows, dbsp.Row{dbsp.NewInteger(id), up, dbsp.NewText(operator), dbsp.NewText(detail),
			dbsp.NewText(state), dbsp.NewText(text)})
		return id
	}
	var names []string
	for _, c := range v.columns {
		names = append(names, c.Name)
	}
	kept := "one row per distinct row, with its weight"
	if plan.Keyed {
		kept = "one row per group, by group key"
	}
	root := add(0, 0, "view", v.name+"("+strings.Join(names, ", ")+")", kept+", in "+v.outTable())
	var walk func(t *planner.Tree, parent int64, depth int)
	walk = func(t *planner.Tree, parent int64, depth int) {
		id := add(parent, depth, t.Operator, t.Detail, strings.Join(t.State, "; "))
		for _, in := range t.Inputs {
			walk(in, id, depth+1)
		}
	}
	walk(plan.Explain(), root, 1)
	for _, b := range v.bases {
		if b.View {
			continue
		}
		prefix := triggerPrefix
		_, table := d.locate(b.Table)
		err := d.e.query("SELECT name, sql FROM "+ident(d.name)+".sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE AND substr(name, 1, ?2) = ?3 ORDER BY name",
			[]dbsp.Value{dbsp.NewText(table), dbsp.NewInteger(int64(len(prefix))), dbsp.NewText(prefix)}, func(s sqlite3.Stmt) error {
				add(root, 1, "trigger", s.Column(0).Str(), s.Column(1).Str())
				return nil
			})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}
