package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// obstacles are what keeps a table from being replicated, in the order and the words of the original. Each query, of the
// table's name, gives a row when it applies.
var obstacles = []struct{ query, text string }{
	{
		`SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin <> 'pk' AND "unique" = 1`,
		"Table %s has unique indices besidesthe primary key. This is not allowed for CRRs",
	},
	{
		`SELECT 1 WHERE NOT EXISTS(SELECT 1 FROM pragma_table_info(?1, 'main') WHERE pk > 0 AND "notnull" > 0)`,
		"Table %s has no primary key or primary key is nullable. CRRs must have a non nullable primary key",
	},
	{
		`SELECT 1 FROM pragma_table_info(?1, 'main') WHERE pk > 0 AND "notnull" = 0`,
		"Table %s has composite primary key part of which is nullable. CRRs must have a non nullable primary key",
	},
	{
		"SELECT 1 FROM main.sqlite_master WHERE name = ?1 AND type = 'table' AND sql LIKE '%autoincrement%'",
		"%s has auto-increment primary keys. This is likely a mistake as two concurrent nodes will assign unrelated rows " +
			"the same primary key. Either use a primary key that represents the identity of your row or use a database " +
			"friendly UUID such as UUIDv7",
	},
	{
		"SELECT 1 FROM pragma_foreign_key_list(?1, 'main')",
		"Table %s has checked foreign key constraints. CRRs may have foreign keys but must not have checked foreign key " +
			"constraints as they can be violated by row level security or replication.",
	},
	{
		`SELECT 1 FROM pragma_table_xinfo(?1, 'main') WHERE "notnull" = 1 AND dflt_value IS NULL AND pk = 0 AND hidden = 0`,
		"Table %s has a NOT NULL column without a DEFAULT VALUE. This is not allowed as it prevents forwards and backwards " +
			"compatibility between schema versions. Make the column nullable or assign a default value to it.",
	},
}

// eligible returns an error for a table that can't be replicated.
func (c *conn) eligible(name string) error {
	for _, o := range obstacles {
		applies := false
		if err := c.query(o.query, []dbsp.Value{dbsp.NewText(name)}, func(sqlite3.Stmt) error {
			applies = true
			return nil
		}); err != nil {
			return err
		}
		if applies {
			return fmt.Errorf(o.text, name)
		}
	}
	return nil
}
