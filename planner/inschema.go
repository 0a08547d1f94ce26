package planner

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// inSchema lets the tables of a view in an attached database be found there first, as those of CREATE VIEW aux.v are: it
// writes the schema before each table name without one that the schema has. SQLite itself would look in main first.
// Names of CTEs stay as they are, also where they would be out of scope.
func inSchema(cat Catalog, schema, selectSQL string) string {
	if sameName(schema, "main") || sameName(schema, "temp") {
		return selectSQL
	}
	tree, err := sqltext.ParseSelect(selectSQL)
	if err != nil {
		return selectSQL
	}
	ctes := map[string]bool{}
	var refs []*sqltext.TableRef
	sqltext.Walk(tree, func(n sqltext.Node) bool {
		switch n := n.(type) {
		case *sqltext.CTE:
			ctes[lower(n.Name.Name)] = true
		case *sqltext.TableRef:
			if n.Name != "" && n.Schema == "" && n.Args == nil {
				refs = append(refs, n)
			}
		}
		return true
	})
	slices.SortFunc(refs, func(a, b *sqltext.TableRef) int { return a.NameSpan.Start - b.NameSpan.Start })
	var b strings.Builder
	last := 0
	for _, r := range refs {
		if ctes[lower(r.Name)] || r.NameSpan.Start < last {
			continue
		}
		if t, err := cat.Table(schema, r.Name); t == nil || err != nil {
			continue
		}
		b.WriteString(selectSQL[last:r.NameSpan.Start] + sqltext.QuoteIdent(schema) + ".")
		last = r.NameSpan.Start
	}
	return b.String() + selectSQL[last:]
}
