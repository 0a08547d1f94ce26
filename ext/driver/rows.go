package driver

import (
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"reflect"
)

// firstRow is Rows whose first row was read ahead: for a text of several statements one has to know whether a statement
// gave rows before the next one runs. The inner rows still stand on that row, so what they say of column types holds.
type firstRow struct {
	sqldriver.Rows
	row  []sqldriver.Value // nil once it was handed out
	none bool              // there was no first row; asking again could run the statement again
	stmt sqldriver.Stmt    // closed with the rows; may be nil
}

// readAhead reads the first row. found is false when there is none; the rows then only have columns.
func readAhead(r sqldriver.Rows) (ahead *firstRow, found bool, err error) {
	row := make([]sqldriver.Value, len(r.Columns()))
	switch err := r.Next(row); {
	case errors.Is(err, io.EOF):
		return &firstRow{Rows: r, none: true}, false, nil
	case err != nil:
		return nil, false, err
	}
	return &firstRow{Rows: r, row: row}, true, nil
}

// Next implements driver.Rows.
func (r *firstRow) Next(dest []sqldriver.Value) error {
	if r.none {
		return io.EOF
	}
	if r.row == nil {
		return r.Rows.Next(dest)
	}
	copy(dest, r.row)
	r.row = nil
	return nil
}

// Close implements driver.Rows.
func (r *firstRow) Close() error {
	err := r.Rows.Close()
	if r.stmt != nil {
		if e := r.stmt.Close(); err == nil {
			err = e
		}
		r.stmt = nil
	}
	return err
}

// HasNextResultSet implements driver.RowsNextResultSet.
func (r *firstRow) HasNextResultSet() bool {
	n, ok := r.Rows.(sqldriver.RowsNextResultSet)
	return ok && n.HasNextResultSet()
}

// NextResultSet implements driver.RowsNextResultSet.
func (r *firstRow) NextResultSet() error {
	n, ok := r.Rows.(sqldriver.RowsNextResultSet)
	if !ok {
		return io.EOF
	}
	r.row, r.none = nil, false
	return n.NextResultSet()
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType.
func (r *firstRow) ColumnTypeScanType(i int) reflect.Type {
	if c, ok := r.Rows.(sqldriver.RowsColumnTypeScanType); ok {
		return c.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (r *firstRow) ColumnTypeDatabaseTypeName(i int) string {
	if c, ok := r.Rows.(sqldriver.RowsColumnTypeDatabaseTypeName); ok {
		return c.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeLength implements driver.RowsColumnTypeLength.
func (r *firstRow) ColumnTypeLength(i int) (int64, bool) {
	if c, ok := r.Rows.(sqldriver.RowsColumnTypeLength); ok {
		return c.ColumnTypeLength(i)
	}
	return 0, false
}

// ColumnTypeNullable implements driver.RowsColumnTypeNullable.
func (r *firstRow) ColumnTypeNullable(i int) (nullable, ok bool) {
	if c, ok := r.Rows.(sqldriver.RowsColumnTypeNullable); ok {
		return c.ColumnTypeNullable(i)
	}
	return false, false
}

// ColumnTypePrecisionScale implements driver.RowsColumnTypePrecisionScale.
func (r *firstRow) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	if c, ok := r.Rows.(sqldriver.RowsColumnTypePrecisionScale); ok {
		return c.ColumnTypePrecisionScale(i)
	}
	return 0, 0, false
}
