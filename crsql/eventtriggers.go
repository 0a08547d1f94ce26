package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// logNullName is the trigger that gives keys to events without. It names all columns of its table.
const logNullName = "_nulltrig"

// logTriggers are the triggers of a log, with what they do: %[1]s is the name of the table, as a literal's inside, %[2]s its
// table of numbers, %[3]s the key column, %[4]s a call for a new key, %[5]s and %[6]s its other columns and their new
// values, each behind a comma, and %[7]s the table.
var logTriggers = []struct{ name, when, do string }{
	// A merge may write the cells of an event one after the other, never delete.
	{"_utrig", "BEFORE UPDATE ON %[7]s WHEN crsql_internal_sync_bit() = 0",
		"SELECT RAISE(ABORT, 'crsql: %[1]s is a log: its rows are not updated');"},
	{"_dtrig", "BEFORE DELETE ON %[7]s",
		"SELECT RAISE(ABORT, 'crsql: %[1]s is a log: its rows are not deleted');"},
	{logNullName, "BEFORE INSERT ON %[7]s WHEN NEW.%[3]s IS NULL",
		"INSERT INTO %[7]s(%[3]s%[5]s) VALUES (%[4]s%[6]s); SELECT RAISE(IGNORE);"},
	// An INSERT that comes so far although the key was there has replaced the row.
	{"_itrig", "AFTER INSERT ON %[7]s WHEN crsql_internal_sync_bit() = 0",
		"SELECT crsql_internal_check_event('%[1]s', NEW.%[3]s); " +
			"SELECT RAISE(ABORT, 'crsql: %[1]s is a log: its rows are not replaced') WHERE EXISTS (SELECT 1 FROM %[2]s WHERE id = NEW.%[3]s); " +
			"INSERT INTO %[2]s VALUES (NEW.%[3]s, (SELECT coalesce(max(seq), 0) + 1 FROM %[2]s));"},
	// An event of another peer gets its number once it is complete.
	{"_mtrig", "AFTER INSERT ON %[7]s WHEN crsql_internal_sync_bit() <> 0",
		"INSERT OR IGNORE INTO %[2]s VALUES (NEW.%[3]s, NULL);"},
}

// makeLogTriggers makes the triggers of a log for the columns that it has now.
func (c *conn) makeLogTriggers(t *table) error {
	key, call := ident(t.keys[0].name), "crsql_ulid()"
	if t.log.blobs {
		call = "crsql_ulid_blob()"
	}
	columns, values := "", ""
	for _, col := range t.others {
		columns += ", " + ident(col.name)
		values += ", NEW." + ident(col.name)
	}
	name := literal(t.name)
	for _, trigger := range logTriggers {
		args := []any{name[1 : len(name)-1], ident(t.name + numbersSuffix), key, call, columns, values, ident(t.name)}
		sql := fmt.Sprintf("DROP TRIGGER IF EXISTS main.%[8]s; CREATE TRIGGER main.%[8]s "+trigger.when+" BEGIN "+trigger.do+" END",
			append(args, ident(t.name+logSuffix+trigger.name))...)
		if err := c.Exec(sql); err != nil {
			return err
		}
	}
	return nil
}

// installCheckEvent installs crsql_internal_check_event(log, key), which fails for a key that no event may have.
func (c *conn) installCheckEvent() error {
	return c.CreateFunction(&sqlite3.Function{
		Name: "crsql_internal_check_event", NArg: 2, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			err := func() error {
				t, err := c.table(args.Raw(0).Str())
				if err != nil {
					return err
				}
				if t == nil || t.log == nil { // made by another connection
					sch, err := c.current()
					if err != nil {
						return err
					}
					if t = sch.byName[args.Raw(0).Str()]; t == nil || t.log == nil {
						return fmt.Errorf("%w: %s is none", ErrLog, args.Value(0).Str())
					}
				}
				return c.checkEvent(t, args.Raw(1), true)
			}()
			if err != nil {
				r.Error(fmt.Errorf("crsql: %w", err))
				return
			}
			r.Set(dbsp.Value{})
		},
	})
}
