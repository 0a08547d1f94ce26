package main

import (
	"context"

	"github.com/sqlite-mv/sqlite-mv/ext"
)

// versionLine names the versions of this program and of the SQLite in it.
func (sh *shell) versionLine() (string, error) {
	var sqlite string
	if err := sh.db.conn.QueryRowContext(context.Background(), "SELECT sqlite_version()").Scan(&sqlite); err != nil {
		return "", err
	}
	return "sqlite-mv " + ext.Version + " (SQLite " + sqlite + ")", nil
}
