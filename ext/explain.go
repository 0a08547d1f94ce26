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
	var names []string
	for _, c := range v.columns {
		names = append(names, c.Name)
	}
	t := newCircuitTable(plan, v.name+"("+strings.Join(names, ", ")+")", kept(plan)+", in "+v.outTable())
	for _, b := range v.bases {
		if b.View {
			continue
		}
		prefix := triggerPrefix
		_, table := d.locate(b.Table)
		err := d.e.query("SELECT name, sql FROM "+ident(d.name)+".sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE AND substr(name, 1, ?2) = ?3 ORDER BY name",
			[]dbsp.Value{dbsp.NewText(table), dbsp.NewInteger(int64(len(prefix))), dbsp.NewText(prefix)}, func(s sqlite3.Stmt) error {
				t.add(1, 1, "trigger", s.Column(0).Str(), s.Column(1).Str())
				return nil
			})
		if err != nil {
			return nil, err
		}
	}
	return t.rows, nil
}

// kept tells how the view's rows are stored.
func kept(plan *planner.Plan) string {
	if plan.Keyed {
		return "one row per group, by group key"
	}
	return "one row per distinct row, with its weight"
}

// circuitTable is the rows of mv_explain.
type circuitTable struct{ rows []dbsp.Row }

// newCircuitTable lists a plan's operators as a tree below the view, which is row 1.
func newCircuitTable(plan *planner.Plan, view, state string) *circuitTable {
	t := &circuitTable{}
	root := t.add(0, 0, "view", view, state)
	var walk func(x *planner.Tree, parent int64, depth int)
	walk = func(x *planner.Tree, parent int64, depth int) {
		id := t.add(parent, depth, x.Operator, x.Detail, strings.Join(x.State, "; "))
		for _, in := range x.Inputs {
			walk(in, id, depth+1)
		}
	}
	walk(plan.Explain(), root, 1)
	return t
}

func (t *circuitTable) add(parent int64, depth int, operator, detail, state string) int64 {
	id := int64(len(t.rows) + 1)
	text := strings.Repeat("  ", depth) + strings.TrimSpace(operator+" "+detail)
	if state != "" {
		text += "  [" + state + "]"
	}
	up := dbsp.Value{}
	if parent > 0 {
		up = dbsp.NewInteger(parent)
	}
	t.rows = append(t.rows, dbsp.Row{dbsp.NewInteger(id), up, dbsp.NewText(operator), dbsp.NewText(detail),
		dbsp.NewText(state), dbsp.NewText(text)})
	return id
}
