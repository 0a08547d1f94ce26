package crsql

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// A log is a replicated table that only grows. Its rows are events, each with a ULID for its key. Beside what any replicated
// table has, it has <table>__crsql_seq, which numbers the events in the order in which they arrived here, and the view
// <table>__crsql_log, the events with these numbers.
const (
	numbersSuffix = "__crsql_seq"
	logSuffix     = "__crsql_log"
	logKey        = "log." // and the table's name, in crsql_master: the columns that an event is complete with
)

// eventLog is what makes a replicated table a log.
type eventLog struct {
	numbers string // quoted, with the schema
	blobs   bool   // keys are blobs of 16 bytes, not texts of 26
	awaited []string
}

func (c *conn) installAsLog() error {
	if err := c.function(&sqlite3.Function{Name: settleFunction, NArg: 0, DirectOnly: true}, func(sqlite3.Args) (dbsp.Value, error) {
		return dbsp.Value{}, c.settleLogs()
	}); err != nil {
		return err
	}
	if err := c.function(&sqlite3.Function{Name: waitingFunction, NArg: 0}, func(sqlite3.Args) (dbsp.Value, error) {
		sch, err := c.current()
		if err != nil {
			return dbsp.Value{}, err
		}
		for _, t := range sch.tables {
			if t.log != nil {
				if waiting, err := c.waiting(t); err != nil || waiting {
					return boolean(waiting), err
				}
			}
		}
		return boolean(false), nil
	}); err != nil {
		return err
	}
	return c.function(&sqlite3.Function{Name: "crsql_as_log", NArg: -1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		name, err := tableArgument(args)
		if err == nil {
			err = c.asLog(name)
		}
		return dbsp.NewText("OK"), err
	})
}

// settleFunction numbers the events that wait for columns: to be called when all that there is has come.
const settleFunction = "crsql_settle_logs"

// waitingFunction tells whether events wait for columns.
const waitingFunction = "crsql_internal_logs_wait"

func (c *conn) settleLogs() error {
	sch, err := c.current()
	if err != nil {
		return err
	}
	restore := c.preserve()
	defer restore()
	return c.within("settle_logs", func() error {
		for _, t := range sch.tables {
			if t.log != nil {
				if err := c.numberWaiting(t); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// numberWaiting numbers the events that wait, in the order of their keys' arrival.
func (c *conn) numberWaiting(t *table) error {
	if waiting, err := c.waiting(t); err != nil || !waiting {
		return err
	}
	return c.Exec(fmt.Sprintf("UPDATE %[1]s SET seq = (SELECT coalesce(max(seq), 0) FROM %[1]s) + n.n FROM "+
		"(SELECT s.id, row_number() OVER (ORDER BY k.__crsql_key) AS n FROM %[1]s AS s JOIN %[2]s AS k ON k.%[3]s = s.id WHERE s.seq IS NULL) AS n "+
		"WHERE n.id = %[4]s.id", t.log.numbers, t.pks, ident(t.keys[0].name), ident(t.name+numbersSuffix)))
}

func (c *conn) waiting(t *table) (waiting bool, err error) {
	err = c.query("SELECT 1 FROM "+t.log.numbers+" WHERE seq IS NULL LIMIT 1", nil, func(sqlite3.Stmt) error {
		waiting = true
		return nil
	})
	return waiting, err
}

// asLog makes a table a log, all of it or nothing. Called for a log again it numbers the events that are still waited for.
func (c *conn) asLog(name string) error {
	restore := c.preserve()
	defer restore()
	return c.within("as_log", func() error {
		name, err := c.tableNamed(name)
		if err != nil {
			return err
		}
		blobs, err := c.logShape(name)
		if err != nil {
			return err
		}
		if err := c.asCRR(name); err != nil {
			return err
		}
		if err := c.enlist(); err != nil {
			return err
		}
		sch, err := c.current()
		if err != nil {
			return err
		}
		if sch.byName[name].log == nil {
			if err := c.makeLog(sch.byName[name], blobs); err != nil {
				return err
			}
			if sch, err = c.current(); err != nil {
				return err
			}
		}
		t := sch.byName[name]
		if err := c.makeLogTriggers(t); err != nil {
			return err
		}
		return c.numberWaiting(t)
	})
}

// logShape returns an error for a table that can't be a log, and otherwise whether its keys are blobs.
func (c *conn) logShape(name string) (blobs bool, err error) {
	keys, others, err := c.columnsOf(name)
	if err != nil {
		return false, err
	}
	for _, col := range append(others, keys...) {
		if strings.EqualFold(col.name, "seq") {
			return false, fmt.Errorf("%w: table %s has a column seq, as its log would", ErrLog, name)
		}
	}
	if len(keys) != 1 {
		return false, fmt.Errorf("%w: the primary key of %s must be one column, of type TEXT or BLOB", ErrLog, name)
	}
	class, err := c.classOf(name, keys[0].name)
	if err == nil && class != "text" && class != "blob" && class != "" {
		err = fmt.Errorf("%w: the primary key %s of %s must be of type TEXT or BLOB, to hold ULIDs", ErrLog, keys[0].name, name)
	}
	return class == "blob", err
}

// makeLog makes the table and the view of a log. Events that are there already are numbered in the order of their keys'
// arrival.
func (c *conn) makeLog(t *table, blobs bool) error {
	changed := false
	if err := c.query("SELECT 1 FROM "+t.clock+" WHERE col_version <> 1 LIMIT 1", nil, func(sqlite3.Stmt) error {
		changed = true
		return nil
	}); err != nil {
		return err
	}
	if changed {
		return fmt.Errorf("%w: rows of %s were updated or deleted, which peers may not know; make another table and copy the rows", ErrLog, t.name)
	}
	log, key := &eventLog{blobs: blobs}, ident(t.keys[0].name)
	if err := c.query("SELECT "+key+" FROM "+t.base, nil, func(s sqlite3.Stmt) error {
		_, err := log.parse(s.ColumnRaw(0))
		return err
	}); err != nil {
		return err
	}
	var awaited []dbsp.Value
	for _, col := range t.others {
		awaited = append(awaited, dbsp.NewText(col.name))
	}
	packed, err := pack.Append(nil, awaited...)
	if err != nil {
		return fmt.Errorf("%w: table %s has too many columns: %w", ErrLog, t.name, err)
	}
	numbers := ident(t.name + numbersSuffix)
	if err := c.Exec(fmt.Sprintf(`CREATE TABLE main.%[1]s (id PRIMARY KEY NOT NULL, seq INTEGER) WITHOUT ROWID;
		CREATE UNIQUE INDEX main.%[2]s ON %[1]s (seq);
		CREATE VIEW main.%[3]s AS SELECT s.seq AS seq, t.* FROM %[1]s AS s JOIN %[4]s AS t ON t.%[5]s = s.id WHERE s.seq IS NOT NULL;
		INSERT INTO main.%[1]s SELECT %[5]s, NULL FROM main.%[4]s`,
		numbers, ident(t.name+numbersSuffix+"_seq"), ident(t.name+logSuffix), ident(t.name), key)); err != nil {
		return err
	}
	return c.queryKept("INSERT OR REPLACE INTO main.crsql_master VALUES(?1, ?2)",
		[]dbsp.Value{dbsp.NewText(logKey + t.name), dbsp.NewBlob(string(packed))}, nil)
}

// loadLog reads what is known of a log. An event waits for the columns that the table had when it became one; those
// added later may be unknown where the event is made.
func (c *conn) loadLog(t *table) (*eventLog, error) {
	log := &eventLog{numbers: "main." + ident(t.name+numbersSuffix)}
	class, err := c.classOf(t.name, t.keys[0].name)
	if err != nil {
		return nil, err
	}
	log.blobs = class == "blob"
	err = c.queryKept("SELECT value FROM main.crsql_master WHERE key = ?1", []dbsp.Value{dbsp.NewText(logKey + t.name)}, func(s sqlite3.Stmt) error {
		names, err := pack.AppendParsed(nil, s.Column(0).Str())
		for _, n := range names {
			if _, ok := t.places[n.Str()]; ok {
				log.awaited = append(log.awaited, n.Str())
			}
		}
		return err
	})
	return log, err
}

// dropLog drops what a log has beside what other replicated tables have, if it is there.
func (c *conn) dropLog(name string) error {
	var b strings.Builder
	for _, t := range logTriggers {
		fmt.Fprintf(&b, "DROP TRIGGER IF EXISTS main.%s;", ident(name+logSuffix+t.name))
	}
	fmt.Fprintf(&b, "DROP VIEW IF EXISTS main.%s; DROP TABLE IF EXISTS main.%s;", ident(name+logSuffix), ident(name+numbersSuffix))
	return errors.Join(c.Exec(b.String()),
		c.query("DELETE FROM main.crsql_master WHERE key = ?1", []dbsp.Value{dbsp.NewText(logKey + name)}, nil))
}
