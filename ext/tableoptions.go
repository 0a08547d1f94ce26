package ext

import (
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// tableOptions reads the options that end a CREATE TABLE statement as sqlite_schema keeps it. PRAGMA table_list would
// tell them too, but it compiles a SELECT on every view and virtual table of the schema that is not loaded yet, ours
// included, which can be the very one that is being planned.
func tableOptions(sql string) (withoutRowid, strict bool) {
	for _, t := range sqltext.Tokens(sql) {
		switch {
		case t.Kind == sqltext.TokRParen:
			withoutRowid, strict = false, false // options come after the last one
		case t.Kind != sqltext.TokWord:
		case t.Is(sql, "WITHOUT"):
			withoutRowid = true
		case t.Is(sql, "STRICT"):
			strict = true
		}
	}
	return withoutRowid, strict
}
