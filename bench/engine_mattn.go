//go:build cgo

package main

import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"

func init() {
	engines["mattn"] = struct{ driver, options string }{"sqlite-mv-mattn", "?_journal_mode=WAL&_synchronous=NORMAL"}
}
