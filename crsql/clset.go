package crsql

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

const clsetSuffix = "_schema"

// installCLSet installs the module clset. CREATE VIRTUAL TABLE foo_schema USING clset(…) makes table foo of the columns
// and has it replicate; DROP TABLE foo_schema drops both. foo_schema itself shows nothing.
func (c *conn) installCLSet() error {
	return c.CreateModule("clset", &sqlite3.Module{
		Create: func(s sqlite3.Conn, args []string) (sqlite3.VTab, error) {
			v, err := c.connectCLSet(s, args)
			if err != nil {
				return nil, err
			}
			return v, v.create(args[3:])
		},
		Connect: func(s sqlite3.Conn, args []string) (sqlite3.VTab, error) { return c.connectCLSet(s, args) },
	})
}

// clsetVTab is <base>_schema.
type clsetVTab struct {
	c    *conn
	base string
}

func (c *conn) connectCLSet(s sqlite3.Conn, args []string) (*clsetVTab, error) {
	schema, name := args[1], args[2]
	base, ok := strings.CutSuffix(name, clsetSuffix)
	switch {
	case !ok || base == "":
		return nil, fmt.Errorf("crsql: %s: the name of a clset table must end in %s: the table that it makes is named like it, without that", name, clsetSuffix)
	case !strings.EqualFold(schema, "main"):
		return nil, fmt.Errorf("crsql: %s.%s: tables replicate in main only", schema, name)
	}
	return &clsetVTab{c, base}, s.DeclareVTab("CREATE TABLE x(alteration TEXT HIDDEN, schema TEXT HIDDEN)")
}

// create makes the table. It is part of the statement that creates the virtual one, and taken back with it.
func (v *clsetVTab) create(definitions []string) error {
	if len(definitions) == 0 {
		return errors.New("crsql: a clset table needs columns")
	}
	if err := v.c.Exec("CREATE TABLE main." + ident(v.base) + " (" + strings.Join(definitions, ",") + ")"); err != nil {
		return fmt.Errorf("crsql: %s: %w", v.base, err)
	}
	if err := v.c.replicate(v.base); err != nil {
		return fmt.Errorf("crsql: %s: %w", v.base, err)
	}
	return nil
}

// BestIndex offers the empty scan.
func (v *clsetVTab) BestIndex(*sqlite3.IndexInfo) error { return nil }

// Open returns a cursor over no rows.
func (v *clsetVTab) Open() (sqlite3.Cursor, error) { return noRows{}, nil }

// Disconnect has nothing to release.
func (v *clsetVTab) Disconnect() error { return nil }

// Destroy drops the table and what replicates it. It may be gone already.
func (v *clsetVTab) Destroy() error {
	err := v.c.dropReplicated(v.base)
	if err != nil {
		return fmt.Errorf("crsql: dropping %s: %w", v.base, err)
	}
	return nil
}

// dropReplicated drops a table with what replicates it, if they are there. The version stays: asTable.
func (c *conn) dropReplicated(name string) error {
	t, err := c.table(name)
	if err != nil {
		return err
	}
	if t != nil {
		if err := c.enlist(); err != nil {
			return err
		}
		if err := c.keepFloor(); err != nil {
			return err
		}
	}
	if err := c.Exec("DROP TABLE IF EXISTS main." + ident(name)); err != nil {
		return err
	}
	return c.dropClock(name)
}
