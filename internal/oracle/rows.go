package oracle

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Table is the result of a query.
type Table struct {
	Columns []string
	Rows    []dbsp.Row
}

// Fetch runs a SELECT and returns its rows with their exact values. Drivers turn text in columns declared DATETIME into
// time.Time; the query is then run again in a form that has no declared types.
func Fetch(ctx context.Context, q Querier, query string) (*Table, error) {
	t, exact, err := fetch(ctx, q, query)
	if err != nil || exact {
		return t, err
	}
	names := t.Columns
	t, exact, err = fetch(ctx, q, undeclared(query, len(names)))
	if err != nil {
		return nil, err
	}
	if !exact {
		return nil, fmt.Errorf("oracle: the driver changes values of %s", query)
	}
	t.Columns = names
	return t, nil
}

// undeclared wraps a query so that no result column has a declared type.
func undeclared(query string, columns int) string {
	var names, exprs []string
	for i := range columns {
		names = append(names, "c"+strconv.Itoa(i))
		exprs = append(exprs, "+c"+strconv.Itoa(i))
	}
	return `WITH "oracle"(` + strings.Join(names, ",") + ") AS (" + query + ") SELECT " + strings.Join(exprs, ",") +
		` FROM "oracle"`
}

func fetch(ctx context.Context, q Querier, query string) (t *Table, exact bool, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	t = &Table{}
	if t.Columns, err = rows.Columns(); err != nil {
		return nil, false, err
	}
	exact = true
	scan := NewScanner(len(t.Columns))
	for rows.Next() {
		row, ok, err := scan.Row(rows)
		if err != nil {
			return nil, false, err
		}
		exact = exact && ok
		t.Rows = append(t.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return nil, false, err
	}
	return t, exact, rows.Close()
}

// Scanner reads rows of a fixed width as typed values.
type Scanner struct {
	values []any
	dest   []any
}

// NewScanner returns a Scanner for rows of n columns.
func NewScanner(n int) *Scanner {
	s := &Scanner{values: make([]any, n), dest: make([]any, n)}
	for i := range s.values {
		s.dest[i] = &s.values[i]
	}
	return s
}

// Row returns the current row. It is not exact when the driver replaced a value by one of another type.
func (s *Scanner) Row(rows *sql.Rows) (row dbsp.Row, exact bool, err error) {
	if err := rows.Scan(s.dest...); err != nil {
		return nil, false, err
	}
	row, exact = make(dbsp.Row, len(s.values)), true
	for i, v := range s.values {
		switch v := v.(type) {
		case nil:
		case int64:
			row[i] = dbsp.NewInteger(v)
		case float64:
			row[i] = dbsp.NewReal(v)
		case string:
			row[i] = dbsp.NewText(v)
		case []byte:
			row[i] = dbsp.NewBlob(string(v))
		case time.Time, bool:
			exact = false
		default:
			return nil, false, fmt.Errorf("oracle: unexpected %T from the driver", v)
		}
	}
	return row, exact, nil
}

// Literal returns v as a SQL literal that is one line of printable text and that SQLite reads back as the same value.
func Literal(v dbsp.Value) string {
	switch v.Kind() {
	case dbsp.Real:
		f := v.Real()
		if f == 0 && math.Signbit(f) {
			return "-0.0"
		}
		return v.String()
	case dbsp.Text:
		s := strings.ReplaceAll(v.Str(), "'", "''")
		if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0xFFFD || r == 0x7f }) < 0 {
			return "'" + s + "'"
		}
		return fmt.Sprintf("CAST(x'%x' AS TEXT)", v.Str())
	}
	return v.String()
}

// RowString returns the literals of a row, separated by ", ".
func RowString(row dbsp.Row) string {
	parts := make([]string, len(row))
	for i, v := range row {
		parts[i] = Literal(v)
	}
	return strings.Join(parts, ", ")
}

// identity returns a string that is equal for rows of identical values only.
func identity(buf []byte, row dbsp.Row) []byte {
	for _, v := range row {
		buf = append(buf, byte(v.Kind()))
		switch v.Kind() {
		case dbsp.Integer:
			buf = strconv.AppendInt(buf, v.Int(), 36)
		case dbsp.Real:
			buf = strconv.AppendUint(buf, math.Float64bits(v.Real()), 36)
		case dbsp.Text, dbsp.Blob:
			buf = strconv.AppendInt(buf, int64(len(v.Str())), 36)
			buf = append(buf, ':')
			buf = append(buf, v.Str()...)
		}
		buf = append(buf, ';')
	}
	return buf
}
