package crsql

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// forgetMarks gives up what the file knows of having merged states, because what it merged is no longer all here: a table
// stopped to replicate, or a column was dropped. Asked again, peers send everything, of which what is new to the file as it is
// now counts. Its own states are past: who holds their marks has what it had, but the file itself has not.
func (c *conn) forgetMarks() error {
	exists := false
	if err := c.query("SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = 'crsql_marks'", nil,
		func(sqlite3.Stmt) error { exists = true; return nil }); err != nil || !exists {
		return err
	}
	return c.Exec(`DELETE FROM main.crsql_marks WHERE site_id <> (SELECT site_id FROM main.crsql_site_id WHERE ordinal = 0);
		UPDATE main.crsql_marks SET past = 1;
		DELETE FROM main.crsql_cursors`)
}
