package ext

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// rowsTable is an eponymous virtual table of the rows that an operator has SQLite evaluate. Its declared columns carry type
// affinity and collation. There is one per operator, read by its prepared statements.
type rowsTable struct {
	e      *engine
	module string
	open   func() sqlite3.Cursor
}

// rowColumn is the first column, which tells what a result comes from: the number of a row, or of a group of rows.
const rowColumn = internalPrefix + "row"

// errWithin is the error of an evaluation within an evaluation by the same operator.
var errWithin = errors.New("ext: an expression of a view reads the view that it belongs to")

// newRowsTable makes a table with the columns rowColumn, c0, c1, …, as input declares them. The rows of its cursors ascend
// by rowColumn.
func (e *engine) newRowsTable(input []planner.Column, open func() sqlite3.Cursor) (*rowsTable, error) {
	e.rowsTables++
	t := &rowsTable{e: e, module: fmt.Sprintf("%s%d", rowsPrefix, e.rowsTables), open: open}
	var decl strings.Builder
	decl.WriteString("CREATE TABLE x(" + ident(rowColumn) + " INTEGER")
	for i, c := range input {
		fmt.Fprintf(&decl, ", c%d %s", i, typeName(c.Affinity))
		if c.Collation != "" && c.Collation != "BINARY" {
			decl.WriteString(" COLLATE " + ident(c.Collation))
		}
	}
	decl.WriteString(")")
	declaration := decl.String()
	err := e.conn.CreateModule(t.module, &sqlite3.Module{
		Connect: func(c sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := c.DeclareVTab(declaration); err != nil {
				return nil, err
			}
			return rowsVTab{t}, c.MarkInnocuous()
		},
	})
	return t, err
}

// typeName is a declared type that has the affinity.
func typeName(a planner.Affinity) string {
	switch a {
	case planner.AffinityText:
		return "TEXT"
	case planner.AffinityNumeric:
		return "NUMERIC"
	case planner.AffinityInteger:
		return "INTEGER"
	case planner.AffinityReal:
		return "REAL"
	}
	return "BLOB"
}

// release removes the module.
func (t *rowsTable) release() { _ = t.e.conn.CreateModule(t.module, nil) }

// rowsVTab is a rowsTable as SQLite connects it.
type rowsVTab struct{ *rowsTable }

// BestIndex offers the scan, which is in the order of rowColumn: GROUP BY it needs no sorting.
func (v rowsVTab) BestIndex(x *sqlite3.IndexInfo) error {
	x.EstimatedCost, x.EstimatedRows = 1000, 1000
	x.OrderByConsumed = len(x.OrderBy) == 1 && x.OrderBy[0] == sqlite3.OrderTerm{}
	return nil
}

// Open returns a cursor over the rows.
func (v rowsVTab) Open() (sqlite3.Cursor, error) { return v.open(), nil }

// Disconnect has nothing to release.
func (v rowsVTab) Disconnect() error { return nil }

// Destroy has nothing to release.
func (v rowsVTab) Destroy() error { return nil }
