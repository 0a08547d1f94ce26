package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// function registers a function whose errors say which it is.
func (c *conn) function(f *sqlite3.Function, scalar func(args sqlite3.Args) (dbsp.Value, error)) error {
	name := f.Name
	f.Scalar = func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
		v, err := scalar(args)
		if err != nil {
			r.Error(fmt.Errorf("crsql: %s: %w", name, err))
			return
		}
		r.Set(v)
	}
	return c.CreateFunction(f)
}

// tableArgument returns the last argument, a table's name; one before it, a schema, is not looked at, as in the original.
func tableArgument(args sqlite3.Args) (string, error) {
	n := args.Len()
	if n < 1 || n > 2 || args.Raw(n-1).Kind() != dbsp.Text {
		return "", fmt.Errorf("takes the name of a table, and before it that of its schema if you like")
	}
	return args.Value(n - 1).Str(), nil
}

func (c *conn) installSiteID() error {
	return c.function(&sqlite3.Function{Name: "crsql_site_id", NArg: 0, Innocuous: true}, func(sqlite3.Args) (dbsp.Value, error) {
		sch, err := c.current()
		if err != nil {
			return dbsp.Value{}, err
		}
		restore := c.preserve()
		defer restore()
		if !sch.storage || !sch.sites {
			if err := c.atomically(c.ensureStorage); err != nil {
				return dbsp.Value{}, err
			}
		}
		return c.siteID()
	})
}

// installFinalize installs crsql_finalize(), which programs call before they close a connection. What it would release is
// released by itself, and is prepared again if need be.
func (c *conn) installFinalize() error {
	return c.function(&sqlite3.Function{Name: "crsql_finalize", NArg: 0}, func(sqlite3.Args) (dbsp.Value, error) {
		if c.depth == 0 {
			c.release()
		}
		return dbsp.NewText("finalized"), nil
	})
}

// revision is the commit of the original whose behaviour this is.
const revision = "891fe9e0"

func (c *conn) installRevision() error {
	return c.function(&sqlite3.Function{Name: "crsql_sha", NArg: 0, Deterministic: true, Innocuous: true},
		func(sqlite3.Args) (dbsp.Value, error) { return dbsp.NewText(revision), nil })
}
