package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"modernc.org/sqlite"

	"github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// database is the open file: a single connection, since transactions belong to one.
type database struct {
	pool      *sql.DB
	conn      *sql.Conn
	file      string // as the user wrote it
	readonly  bool
	interrupt func()             // see interrupter
	realText  *sql.Stmt          // SELECT CAST(?1 AS TEXT)
	reals     map[float64]string // what it said
}

// openDatabase opens file and reads its header, so that a file that is missing, locked away or not a database is an
// error now. A file that doesn't exist is created by the first write, unless readonly.
func openDatabase(ctx context.Context, file string, readonly bool) (*database, error) {
	if file == "" {
		file = ":memory:"
	}
	pool, err := sql.Open(modernc.Name, sourceName(file, readonly))
	if err == nil {
		pool.SetMaxOpenConns(1)
		var conn *sql.Conn
		if conn, err = pool.Conn(ctx); err == nil {
			db := &database{pool: pool, conn: conn, file: file, readonly: readonly, reals: map[float64]string{}, interrupt: interrupter(conn)}
			if db.realText, err = conn.PrepareContext(ctx, "SELECT CAST(?1 AS TEXT)"); err == nil {
				return db, nil
			}
			conn.Close()
		}
		pool.Close()
	}
	return nil, fmt.Errorf("unable to open database %q: %s", file, sqliteMessage(err))
}

func (db *database) close() {
	db.realText.Close()
	db.conn.Close()
	db.pool.Close()
}

// sourceName writes a file name as a data source name. The driver reads what follows a '?' as its options, and SQLite
// percent escapes in URIs, so a name with such characters becomes an escaped URI; a URI of the user's stays as it is.
func sourceName(file string, readonly bool) string {
	if strings.HasPrefix(file, "file:") || file == ":memory:" {
		return file
	}
	if !readonly && !strings.ContainsAny(file, "?#%") {
		return file
	}
	name := "file:" + (&url.URL{Path: file}).EscapedPath()
	if readonly {
		name += "?mode=ro"
	}
	return name
}

// columnInfo returns the declared types of the statement's columns without running it, or an error when SQLite can't
// compile it. A connection that can't tell returns nothing.
func (db *database) columnInfo(query string) (types []string, names []string, err error) {
	err = db.conn.Raw(func(c any) error {
		for {
			if i, ok := c.(interface {
				ColumnInfo(string) ([]sqlite.ColumnInfo, error)
			}); ok {
				infos, err := i.ColumnInfo(query)
				for _, info := range infos {
					types, names = append(types, info.DeclType), append(names, info.Name)
				}
				return err
			}
			u, ok := c.(interface{ Unwrap() any })
			if !ok {
				return nil
			}
			c = u.Unwrap()
		}
	})
	return types, names, err
}

// inTransaction tells whether a transaction is open, by trying to begin one.
func (db *database) inTransaction(ctx context.Context) bool {
	if _, err := db.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return true
	}
	_, err := db.conn.ExecContext(ctx, "ROLLBACK")
	return err != nil
}

// strings returns the first column of a query's rows; NULL is "".
func (db *database) strings(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := db.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, s.String)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
