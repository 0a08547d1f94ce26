package crsql

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

var errCompacting = errors.New("failed compacting tables post alteration")

func (c *conn) installAlter() error {
	if err := c.function(&sqlite3.Function{Name: "crsql_begin_alter", NArg: -1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		name, err := tableArgument(args)
		if err == nil {
			err = c.beginAlter(name)
		}
		return dbsp.NewText("OK"), err
	}); err != nil {
		return err
	}
	return c.function(&sqlite3.Function{Name: "crsql_commit_alter", NArg: -1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		name, err := tableArgument(args)
		if err == nil {
			err = c.commitAlter(name)
		}
		return dbsp.Value{}, err
	})
}

// beginAlter opens the savepoint of an alteration, and takes the triggers off the table.
func (c *conn) beginAlter(name string) error {
	restore := c.preserve()
	defer restore()
	if err := c.Exec("SAVEPOINT alter_crr"); err != nil {
		return err
	}
	err := func() error {
		name, err := c.tableNamed(name)
		if err != nil {
			return err
		}
		if err := c.enlist(); err != nil {
			return err
		}
		c.altering[name] = true
		if err := c.Exec("DROP TRIGGER IF EXISTS main." + ident(name+logSuffix+logNullName)); err != nil { // it names all columns
			return err
		}
		return c.dropTriggers(name)
	}()
	if err != nil {
		_ = c.Exec("ROLLBACK TO alter_crr; RELEASE alter_crr")
	}
	return err
}

// commitAlter brings the clocks in line with the altered table, and ends the alteration. If that fails it rolls the
// transaction back, as the original does.
func (c *conn) commitAlter(name string) error {
	restore := c.preserve()
	defer restore()
	if err := c.finishAlter(name); err != nil {
		_ = c.Exec("ROLLBACK")
		return fmt.Errorf("%w: %w", errCompacting, err)
	}
	return nil
}

// finishAlter is commitAlter for those who roll back as they see fit.
func (c *conn) finishAlter(name string) error {
	name, err := c.tableNamed(name)
	if err != nil {
		return err
	}
	if err := c.enlist(); err != nil {
		return err
	}
	if err := c.compact(name); err != nil {
		return err
	}
	keys, others, err := c.columnsOf(name)
	if err != nil {
		return err
	}
	if err := c.makeTriggers(name, keys, others); err != nil {
		return err
	}
	delete(c.altering, name)
	sch, err := c.current()
	if err != nil {
		return err
	}
	t := sch.byName[name]
	if t == nil {
		return fmt.Errorf("table %s does not replicate", name)
	}
	if t.log != nil {
		if err := c.makeLogTriggers(t); err != nil {
			return err
		}
	}
	if err := c.backfill(t); err != nil {
		return err
	}
	if err := c.applyUnknown(t); err != nil {
		return err
	}
	if err := c.purgeDropped(); err != nil {
		return err
	}
	return c.Exec("RELEASE alter_crr")
}

// compact takes clocks away that are of no use to the table as it is now. Rows that were deleted in the alteration leave
// no tombstone. Another primary key makes other rows of all: then clocks and keys begin anew.
func (c *conn) compact(name string) error {
	if err := c.keepFloor(); err != nil {
		return err
	}
	keys, others, err := c.columnsOf(name)
	if err != nil {
		return err
	}
	_, were, err := c.columnsOf(name + pksSuffix)
	if err != nil {
		return err
	}
	if len(were) == 0 {
		return fmt.Errorf("table %s does not replicate", name)
	}
	if !slices.Equal(sortedNames(keys), sortedNames(were)) {
		if log, err := c.tableNamed(name + numbersSuffix); err == nil && log != "" {
			return fmt.Errorf("the primary key of a log can't be changed")
		}
		if err := c.dropClock(name); err != nil {
			return err
		}
		return c.Exec(clockDefinition(name, keys))
	}
	base, clock, pks := "main."+ident(name), "main."+ident(name+clockSuffix), "main."+ident(name+pksSuffix)
	known := []string{literal(Sentinel)}
	for _, col := range others {
		known = append(known, literal(col.name))
	}
	gone, err := c.number("SELECT EXISTS (SELECT 1 FROM " + clock + " WHERE col_name NOT IN (" + strings.Join(known, ", ") + "))")
	if err != nil {
		return err
	}
	if gone != 0 {
		if err := c.forgetMarks(); err != nil {
			return err
		}
	}
	return c.Exec(fmt.Sprintf(`
		DELETE FROM %[1]s WHERE col_name NOT IN (%[4]s);
		DELETE FROM %[1]s WHERE (col_name <> '%[5]s' OR col_version %% 2 <> 0) AND NOT EXISTS (
			SELECT 1 FROM %[2]s AS k JOIN %[3]s AS t ON %[6]s WHERE k.__crsql_key = %[7]s.key);
		DELETE FROM %[2]s WHERE NOT EXISTS (SELECT 1 FROM %[1]s AS c WHERE c.key = __crsql_key);`,
		clock, pks, base, strings.Join(known, ", "), Sentinel, sameKey("t", "k", keys), ident(name+clockSuffix)))
}

func sortedNames(columns []column) (sorted []string) {
	for _, col := range columns {
		sorted = append(sorted, col.name)
	}
	slices.Sort(sorted)
	return sorted
}
