package crsql

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// installPackColumns installs crsql_pack_columns(value, …), which gives the package of its arguments.
func (c *conn) installPackColumns() error {
	return c.CreateFunction(&sqlite3.Function{
		Name: "crsql_pack_columns", NArg: -1, Deterministic: true, Innocuous: true,
		Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			values := make([]dbsp.Value, args.Len())
			for i := range values {
				values[i] = args.Raw(i)
			}
			packed, err := pack.Append(nil, values...)
			if err != nil {
				r.Error(err)
				return
			}
			r.Set(dbsp.NewBlob(string(packed)))
		},
	})
}

// installUnpackColumns installs the table crsql_unpack_columns(package): a row for each value, in column cell.
func (c *conn) installUnpackColumns() error {
	return c.CreateModule("crsql_unpack_columns", &sqlite3.Module{
		Connect: func(s sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := s.DeclareVTab("CREATE TABLE x(cell ANY, package BLOB HIDDEN)"); err != nil {
				return nil, err
			}
			return unpackVTab{}, s.MarkInnocuous()
		},
	})
}

const (
	unpackCell = iota
	unpackPackage
)

type unpackVTab struct{}

// BestIndex takes the package, without which there is nothing to read.
func (unpackVTab) BestIndex(x *sqlite3.IndexInfo) error {
	known := false
	for i, k := range x.Constraints {
		if k.Column != unpackPackage || k.Op != sqlite3.OpEQ {
			continue
		}
		known = true
		if k.Usable {
			x.Constraints[i].ArgvIndex, x.Constraints[i].Omit = 1, true
			x.EstimatedCost, x.EstimatedRows = 1, 4
			return nil
		}
	}
	if known { // in another order of the join it can be used
		return &sqlite3.Error{Code: sqlite3.CodeConstraint, Message: "crsql: package not usable here"}
	}
	return fmt.Errorf("crsql: crsql_unpack_columns needs its package: WHERE package = …")
}

// Open returns a cursor.
func (unpackVTab) Open() (sqlite3.Cursor, error) { return &unpackCursor{}, nil }

// Disconnect has nothing to release.
func (unpackVTab) Disconnect() error { return nil }

// Destroy has nothing to release.
func (unpackVTab) Destroy() error { return nil }

type unpackCursor struct {
	packed dbsp.Value
	cells  []dbsp.Value
	at     int
}

// Filter unpacks. Nothing equals a NULL, so it has no rows.
func (c *unpackCursor) Filter(_ int, _ string, args sqlite3.Args) (err error) {
	c.packed, c.at, c.cells = args.Value(0), 0, c.cells[:0]
	switch c.packed.Kind() {
	case dbsp.Null:
		return nil
	case dbsp.Blob, dbsp.Text:
		c.cells, err = pack.AppendParsed(c.cells, c.packed.Str())
		return err
	}
	return fmt.Errorf("crsql: crsql_unpack_columns: %w: a number", pack.ErrMalformed)
}

// Next moves on.
func (c *unpackCursor) Next() error { c.at++; return nil }

// EOF reports the end.
func (c *unpackCursor) EOF() bool { return c.at >= len(c.cells) }

// Column returns the value, or the package.
func (c *unpackCursor) Column(r sqlite3.Result, i int) error {
	if i == unpackCell {
		r.Set(c.cells[c.at])
	} else {
		r.Set(c.packed)
	}
	return nil
}

// Rowid numbers the values.
func (c *unpackCursor) Rowid() (int64, error) { return int64(c.at), nil }

// Close has nothing to release.
func (c *unpackCursor) Close() error { return nil }
