package crsql

import (
	"errors"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// installAutomigrate installs crsql_automigrate(schema [, cleanup]): main gets the tables, columns and indexes that the
// statements of schema make in an empty database. What they don't make is dropped. Then they are run, so that they make
// what is missing: they say IF NOT EXISTS. All of it happens or nothing. The second argument is SQL that is run in the
// empty database before it is closed.
func (c *conn) installAutomigrate() error {
	return c.function(&sqlite3.Function{Name: "crsql_automigrate", NArg: -1, DirectOnly: true}, func(args sqlite3.Args) (dbsp.Value, error) {
		if args.Len() < 1 || args.Len() > 2 || args.Raw(0).Kind() != dbsp.Text {
			return dbsp.Value{}, errors.New("takes the statements of a schema, and then those that clean up")
		}
		cleanup := ""
		if args.Len() == 2 {
			cleanup = args.Value(1).Str()
		}
		if err := c.automigrate(args.Value(0).Str(), cleanup); err != nil {
			return dbsp.Value{}, err
		}
		return dbsp.NewText("migration complete"), nil
	})
}

func (c *conn) automigrate(schema, cleanup string) error {
	target, err := c.modelOf(schema, cleanup)
	if err != nil {
		return err
	}
	return c.within("automigrate_tables", func() error {
		present, err := readModel(c.Conn)
		if err != nil {
			return err
		}
		if err := present.migrate(c, target); err != nil {
			return err
		}
		return c.Exec(schema)
	})
}

// modelOf runs the statements of a schema in an empty database, and looks what came of it.
func (c *conn) modelOf(schema, cleanup string) (m *model, err error) {
	opener, ok := c.Conn.(sqlite3.MemoryOpener)
	if !ok {
		return nil, errors.New("no database can be opened to try the schema in")
	}
	err = opener.WithMemory(func(empty sqlite3.Conn) error {
		if err := c.furnish(empty); err != nil {
			return err
		}
		// In a savepoint, as it is run in main: there its BEGIN, COMMIT and ROLLBACK would tear what is one piece.
		for _, text := range []string{"SAVEPOINT crsql_schema", schema, "RELEASE crsql_schema"} {
			if err := empty.Exec(text); err != nil {
				return fmt.Errorf("the schema: %w", err)
			}
		}
		if m, err = readModel(empty); err != nil {
			return err
		}
		m.readDefaults(empty)
		return empty.Exec(cleanup)
	})
	return m, err
}

// furnish gives an empty database what statements of a schema may name: crsql, and under the names of the other functions
// and modules of this connection ones that do nothing.
func (c *conn) furnish(empty sqlite3.Conn) error {
	if s, _, err := empty.Prepare("SELECT "+syncBitFunction+"()", false); err == nil {
		if err := s.Finalize(); err != nil {
			return err
		}
	} else if err := c.attach(empty); err != nil {
		return err
	}
	const modules, functions = `SELECT name, 0 FROM pragma_module_list WHERE name NOT LIKE 'pragma\_%' ESCAPE '\'`, "SELECT name, narg FROM pragma_function_list WHERE type = 's'"
	err := c.missing(empty, modules, func(name string, _ int) error {
		return empty.CreateModule(name, &sqlite3.Module{Create: idle, Connect: idle})
	})
	if err != nil {
		return err
	}
	return c.missing(empty, functions, func(name string, nArg int) error {
		return empty.CreateFunction(&sqlite3.Function{
			Name: name, NArg: nArg, Deterministic: true, Innocuous: true,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) { r.Set(dbsp.Value{}) },
		})
	})
}

// missing calls f for the names, each with a number, that a query gives here and not in the other database.
func (c *conn) missing(other sqlite3.Conn, query string, f func(name string, n int) error) error {
	type named struct {
		name string
		n    int
	}
	read := func(x sqlite3.Conn) (names []named, err error) {
		err = (&conn{Conn: x}).query(query, nil, func(s sqlite3.Stmt) error {
			names = append(names, named{s.Column(0).Str(), int(s.Column(1).Int())})
			return nil
		})
		return names, err
	}
	there, err := read(other)
	if err != nil {
		return err
	}
	has := map[named]bool{}
	for _, n := range there {
		has[n] = true
	}
	here, err := read(c.Conn)
	if err != nil {
		return err
	}
	for _, n := range here {
		if !has[n] {
			if err := f(n.name, n.n); err != nil {
				return err
			}
		}
	}
	return nil
}

// idle makes a virtual table without rows.
func idle(c sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
	return idleVTab{}, c.DeclareVTab("CREATE TABLE x(y)")
}

type idleVTab struct{}

// BestIndex offers the empty scan.
func (idleVTab) BestIndex(*sqlite3.IndexInfo) error { return nil }

// Open returns a cursor over no rows.
func (idleVTab) Open() (sqlite3.Cursor, error) { return noRows{}, nil }

// Disconnect has nothing to release.
func (idleVTab) Disconnect() error { return nil }

// Destroy has nothing to release.
func (idleVTab) Destroy() error { return nil }
