//go:build cgo

package capi

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// What SQLite holds handles of.
var (
	modules    sqlite3.Handles[module]
	vtabs      sqlite3.Handles[vtab]
	cursors    sqlite3.Handles[cursor]
	functions  sqlite3.Handles[function]
	aggregates sqlite3.Handles[aggregate]
)
