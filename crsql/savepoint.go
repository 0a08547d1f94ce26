package crsql

// within runs f within a savepoint, which is taken back whole if f fails.
func (c *conn) within(savepoint string, f func() error) error {
	if err := c.Exec("SAVEPOINT " + savepoint); err != nil {
		return err
	}
	if err := f(); err != nil {
		// After errors for which SQLite ends the transaction by itself the savepoint is gone already.
		_ = c.Exec("ROLLBACK TO " + savepoint + "; RELEASE " + savepoint)
		return err
	}
	return c.Exec("RELEASE " + savepoint)
}
