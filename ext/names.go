package ext

import (
	"strings"
)

// Names in the user's file. All begin with internalPrefix, so that tools can hide them.
const (
	internalPrefix = "__internal_dbsp_"

	viewModule    = "materialized_view"
	captureModule = "sqlite_mv_extension_required_to_write_tables_with_materialized_views"

	captureTable  = internalPrefix + "capture"
	viewsTable    = internalPrefix + "views"
	capturesTable = internalPrefix + "captures"
	outPrefix     = internalPrefix + "state_out_"
	opsPrefix     = internalPrefix + "state_ops_"
	triggerPrefix = internalPrefix + "on_"
	rowsPrefix    = internalPrefix + "rows_"

	// A connection without the extension fails on whichever of module and function it meets first; all names tell the cure.
	captureFunction  = captureModule
	replacesFunction = captureModule + "_by_replace"
	numericFunction  = internalPrefix + "numeric"

	keyColumn     = internalPrefix + "key"
	weightColumn  = internalPrefix + "weight"
	stateColumn   = internalPrefix + "state"
	commandColumn = "mv_command"
)

// FormatVersion is the version of all on-disk formats together: the tables' layouts and the encodings in them. A file
// with another version is refused until REFRESH rewrites its state.
const FormatVersion = 1

// ident quotes an identifier.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// qualified quotes schema.name.
func qualified(schema, name string) string { return ident(schema) + "." + ident(name) }

// literal quotes a string.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func isInternal(name string) bool {
	return len(name) >= len(internalPrefix) && strings.EqualFold(name[:len(internalPrefix)], internalPrefix)
}
