package oracle

import (
	"context"
	"fmt"
	"strings"
)

// Views lists the views of the given schemas that exist on the connection right now. In Materialized mode the engine's
// catalog and sqlite_schema must agree; when they do not the error is a *Mismatch of kind "catalog".
func Views(ctx context.Context, q Querier, mode Mode, schemas ...string) ([]View, error) {
	var out []View
	for _, schema := range schemas {
		query := plainViews
		if mode == Materialized {
			query = materializedViews
		}
		t, err := Fetch(ctx, q, strings.ReplaceAll(query, "$", quote(schema)))
		if err != nil && mode == Materialized && strings.Contains(err.Error(), "no such table") {
			// No catalog table: the schema has never had a view, unless the catalog was lost.
			t, err = Fetch(ctx, q, strings.ReplaceAll(materializedTables, "$", quote(schema)))
		}
		if locked(err) {
			return nil, ErrBusy
		}
		if err != nil {
			return nil, fmt.Errorf("oracle: listing the views of %s: %w", schema, err)
		}
		for _, r := range t.Rows {
			v := View{Schema: schema, Name: r[0].Str(), Select: r[1].Str()}
			switch {
			case r[1].IsNull():
				return nil, &Mismatch{View: v.Name, Kind: "catalog", Report: "in sqlite_schema, not in the catalog"}
			case r[2].Int() == 0:
				return nil, &Mismatch{View: v.Name, Kind: "catalog", Report: "in the catalog, not in sqlite_schema"}
			}
			if mode == Plain {
				v.Select = afterAs(v.Select)
			}
			out = append(out, v)
		}
	}
	return out, nil
}

const (
	plainViews = `SELECT name, sql, 1 FROM $.sqlite_schema WHERE type = 'view' ORDER BY name`

	materializedTables = `SELECT name, NULL, 1 FROM $.sqlite_schema WHERE type = 'table' AND rootpage = 0
		AND sql LIKE '%USING%materialized_view%(%' AND substr(name, 1, 11) <> '__internal_'`

	materializedViews = `SELECT v.name, v.sql, EXISTS (SELECT 1 FROM $.sqlite_schema s
			WHERE s.name = v.name COLLATE NOCASE AND s.type = 'table' AND s.rootpage = 0)
		FROM $.__internal_dbsp_views v
		UNION ALL ` + materializedTables + ` AND name COLLATE NOCASE NOT IN (SELECT name FROM $.__internal_dbsp_views)`
)

// afterAs returns the SELECT of a CREATE VIEW statement.
func afterAs(create string) string {
	upper := strings.ToUpper(create)
	at := -1
	for _, word := range []string{" AS ", "\nAS ", " AS\n", "\nAS\n"} {
		if i := strings.Index(upper, word); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return create
	}
	return create[at+len(" AS "):]
}
