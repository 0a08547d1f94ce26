package crsql

import "fmt"

// makeTriggers makes the triggers that record local writes, as the original spells them.
func (c *conn) makeTriggers(name string, keys, others []column) error {
	table, text := ident(name), literal(name)
	newKeys, oldKeys := names("NEW.", keys), names("OLD.", keys)
	update := newKeys + ", " + oldKeys
	if len(others) > 0 {
		update += ", " + names("NEW.", others) + ", " + names("OLD.", others)
	}
	for _, t := range []struct{ name, event, call string }{
		{insertName, "INSERT", "crsql_after_insert(" + text + ", " + newKeys + ")"},
		{updateName, "UPDATE", "crsql_after_update(" + text + ", " + update + ")"},
		{deleteName, "DELETE", "crsql_after_delete(" + text + ", " + oldKeys + ")"},
	} {
		if err := c.Exec(fmt.Sprintf(`CREATE TRIGGER IF NOT EXISTS main.%s
      AFTER %s ON %s WHEN crsql_internal_sync_bit() = 0
      BEGIN
        VALUES (%s);
      END;`, ident(name+t.name), t.event, table, t.call)); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) dropTriggers(name string) error {
	for _, t := range []string{insertName, updateName, deleteName} {
		if err := c.Exec("DROP TRIGGER IF EXISTS main." + ident(name+t)); err != nil {
			return err
		}
	}
	return nil
}

// remakeTriggers makes the triggers for the columns that the table has now.
func (c *conn) remakeTriggers(t *table) error {
	if err := c.dropTriggers(t.name); err != nil {
		return err
	}
	return c.makeTriggers(t.name, t.keys, t.others)
}
