package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// The engine's names that the driver must know.
const (
	outPrefix   = "__internal_dbsp_state_out_"
	viewModule  = "materialized_view"
	commandName = "mv_command"
)

// view is a materialized view that exists: its schema and its name as the catalog spells it.
type view struct{ schema, name string }

// qualified returns schema.name in quotes.
func (v view) qualified() string { return ident(v.schema) + "." + ident(v.name) }

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// findView looks name up as SQLite looks up a table: in schema, or, when that is "", in temp, main and the attached
// databases in their order. ok is false when the first object found is not a materialized view, or there is none.
func findView(ctx context.Context, inner sqldriver.Conn, schema, name string) (v view, ok bool, err error) {
	schemas, err := searchPath(ctx, inner, schema)
	if err != nil {
		return view{}, false, err
	}
	for _, s := range schemas {
		found, ours, err := inSchema(ctx, inner, s, name)
		if err != nil {
			return view{}, false, fmt.Errorf("sqlite-mv: look up %s in %s: %w", name, s, err)
		}
		if found {
			return view{s, ours}, ours != "", nil
		}
	}
	return view{}, false, nil
}

// searchPath lists the schemas in which SQLite looks for a table. A schema that is not attached has no tables.
func searchPath(ctx context.Context, inner sqldriver.Conn, schema string) ([]string, error) {
	// Names travel behind a sign: a driver may be set to turn text that looks like a date into a time.
	const list = `SELECT '=' || name FROM pragma_database_list
		WHERE ?1 IS NULL OR name = ?1 COLLATE NOCASE ORDER BY name <> 'temp', seq`
	var want sqldriver.Value
	if schema != "" {
		want = schema
	}
	var out []string
	err := selectInner(ctx, inner, list, []sqldriver.Value{want}, func(row []sqldriver.Value) {
		out = append(out, text(row[0]))
	})
	if err != nil {
		return nil, fmt.Errorf("sqlite-mv: list schemas: %w", err)
	}
	return out, nil
}

// inSchema tells whether schema has a table or view called name, and the catalog's spelling of it when it is a
// materialized view. What makes it one is its module: so a view can be dropped when the engine's catalog is damaged.
func inSchema(ctx context.Context, inner sqldriver.Conn, schema, name string) (found bool, ours string, err error) {
	err = selectInner(ctx, inner, `SELECT '=' || name, '=' || sql FROM `+ident(schema)+`.sqlite_master
		WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE`,
		[]sqldriver.Value{name}, func(row []sqldriver.Value) {
			found = true
			if usesModule(text(row[1])) {
				ours = text(row[0])
			}
		})
	return found, ours, err
}

// usesModule tells whether sql, as sqlite_master has it, is CREATE VIRTUAL TABLE name USING materialized_view.
func usesModule(sql string) bool {
	want := []string{"CREATE", "VIRTUAL", "TABLE", "", "USING", viewModule}
	for at := 0; at < len(sql) && len(want) > 0; {
		t := sqltext.Next(sql, at)
		at = t.End
		if t.Blank() {
			continue
		}
		if want[0] != "" && !strings.EqualFold(sqltext.Dequote(t.Text(sql)), want[0]) {
			return false
		}
		want = want[1:]
	}
	return len(want) == 0
}

// text returns the name that a query selected behind a sign, "" for NULL.
func text(v sqldriver.Value) string {
	s, ok := v.(string)
	if b, isBytes := v.([]byte); isBytes {
		s, ok = string(b), true
	}
	if !ok || s == "" {
		return ""
	}
	return s[1:]
}
