// Package peers drives databases with replicated tables for tests: ours over a driver, and those of the original in Node.
package peers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Peer is one open database.
type Peer interface {
	// Exec runs the statements of a text.
	Exec(text string) error
	// Query returns the rows of a statement.
	Query(text string, args ...dbsp.Value) ([][]dbsp.Value, error)
	// Close closes it.
	Close() error
}

// Transaction runs do between BEGIN and COMMIT, or ROLLBACK if it fails.
func Transaction(p Peer, do func() error) error {
	if err := p.Exec("BEGIN"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		err = p.Exec("COMMIT")
	}
	if err != nil {
		_ = p.Exec("ROLLBACK") // a statement may have done so already
	}
	return err
}

// Local is a database over one of the project's drivers, with one connection.
type Local struct {
	DB   *sql.DB
	Conn *sql.Conn
}

// Open opens a file, or ":memory:". Nothing waits for the disk.
func Open(driver, name string) (*Local, error) {
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c, err := db.Conn(context.Background())
	if err != nil {
		db.Close()
		return nil, err
	}
	p := &Local{DB: db, Conn: c}
	if err := p.Exec("PRAGMA synchronous = OFF"); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Exec runs the statements of a text.
func (p *Local) Exec(text string) error {
	_, err := p.Conn.ExecContext(context.Background(), text)
	return err
}

// Query returns the rows of a statement.
func (p *Local) Query(text string, args ...dbsp.Value) ([][]dbsp.Value, error) {
	given := make([]any, len(args))
	for i, a := range args {
		given[i] = native(a)
	}
	rows, err := p.Conn.QueryContext(context.Background(), text, given...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := [][]dbsp.Value{}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		values := make([]dbsp.Value, len(row))
		for i, v := range row {
			if values[i], err = value(v); err != nil {
				return nil, fmt.Errorf("column %s: %w", columns[i], err)
			}
		}
		out = append(out, values)
	}
	return out, rows.Err()
}

// Close closes the connection and its pool.
func (p *Local) Close() error { return errors.Join(p.Conn.Close(), p.DB.Close()) }

func native(v dbsp.Value) any {
	switch v.Kind() {
	case dbsp.Integer:
		return v.Int()
	case dbsp.Real:
		return v.Real()
	case dbsp.Text:
		return v.Str()
	case dbsp.Blob:
		return []byte(v.Str())
	}
	return nil
}

func value(v any) (dbsp.Value, error) {
	switch v := v.(type) {
	case nil:
		return dbsp.Value{}, nil
	case int64:
		return dbsp.NewInteger(v), nil
	case float64:
		return dbsp.NewReal(v), nil
	case string:
		return dbsp.NewText(v), nil
	case []byte:
		return dbsp.NewBlob(string(v)), nil
	}
	return dbsp.Value{}, fmt.Errorf("peers: a driver gave %T", v)
}
