package ext

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// readTrigger tells of a CREATE TRIGGER statement whether it fires BEFORE (SQLite's default), and whether it contains
// RAISE(IGNORE) or RAISE(FAIL), which in a trigger that fires earlier keep later triggers of the same event from firing
// while the row's change stays.
func readTrigger(sql string) (before, ignores bool) {
	toks := slices.DeleteFunc(sqltext.Tokens(sql), sqltext.Token.Blank)
	before = true
	event := false
	for i, t := range toks {
		switch {
		case !event && (t.Is(sql, "AFTER") || t.Is(sql, "INSTEAD")):
			before, event = false, true
		case !event && i > 2 && (t.Is(sql, "BEFORE") || t.Is(sql, "INSERT") || t.Is(sql, "DELETE") || t.Is(sql, "UPDATE")):
			event = true
		case t.Is(sql, "RAISE") && i+2 < len(toks) && toks[i+1].Kind == sqltext.TokLParen && (toks[i+2].Is(sql, "IGNORE") || toks[i+2].Is(sql, "FAIL")):
			ignores = true
		}
	}
	return before, ignores
}
