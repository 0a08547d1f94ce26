package main

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// engines maps the names that -engine takes to a driver and the options with which it opens a file in WAL.
var engines = map[string]struct{ driver, options string }{
	"modernc": {"sqlite-mv", "?_pragma=journal_mode(wal)&_pragma=synchronous(normal)"},
}

var engine = "modernc"

// open opens a database file with one connection.
func open(path string) (*sql.DB, error) {
	e, ok := engines[engine]
	if !ok {
		return nil, fmt.Errorf("no engine %s; there are %s", engine, strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
	}
	db, err := sql.Open(e.driver, "file:"+path+e.options)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}
