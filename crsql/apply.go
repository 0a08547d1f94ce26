package crsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// Writer is what writing needs: *sql.DB, *sql.Conn and *sql.Tx are.
type Writer interface {
	Reader
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// Apply merges changes, all or none, and returns how many of them won: crsql_rows_impacted(). It works in a savepoint,
// which outside of a transaction is a transaction. An error among changes ends it; the iteration may read another
// connection, but not this one. Changes of one row are written together where they follow each other.
func Apply(ctx context.Context, to Writer, changes iter.Seq2[Change, error]) (won int64, err error) {
	if pool, ok := to.(interface {
		Conn(context.Context) (*sql.Conn, error)
	}); ok {
		c, err := pool.Conn(ctx)
		if err != nil {
			return 0, fmt.Errorf("crsql: apply: %w", err)
		}
		defer c.Close()
		to = c
	}
	if _, err := to.ExecContext(ctx, "SAVEPOINT crsql_apply"); err != nil {
		return 0, fmt.Errorf("crsql: apply: %w", err)
	}
	before, err := rowsImpacted(ctx, to)
	if err == nil {
		err = applyChanges(ctx, to, changes)
	}
	if err == nil {
		won, err = rowsImpacted(ctx, to)
	}
	if err == nil {
		_, err = to.ExecContext(ctx, "RELEASE crsql_apply")
	}
	if err != nil {
		// The context may be the reason. A transaction that SQLite rolled back has no savepoint left.
		for _, text := range []string{"ROLLBACK TO crsql_apply", "RELEASE crsql_apply"} {
			if _, e := to.ExecContext(context.WithoutCancel(ctx), text); e != nil {
				err = errors.Join(err, e)
				break
			}
		}
		return 0, fmt.Errorf("crsql: apply: %w", err)
	}
	return won - before, nil
}

func rowsImpacted(ctx context.Context, from Reader) (int64, error) {
	return askNumber(ctx, from, "SELECT crsql_rows_impacted()")
}

func askNumber(ctx context.Context, from Reader, text string, args ...any) (n int64, err error) {
	rows, err := from.QueryContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// Changes go to SQLite in sets of about this many, and of about so many bytes.
const (
	setChanges = 1024
	setBytes   = 1 << 20
)

// applyChanges merges changes set by set.
func applyChanges(ctx context.Context, to Writer, changes iter.Seq2[Change, error]) error {
	s, err := to.PrepareContext(ctx, "SELECT "+applyFunction+"(?)")
	if err != nil {
		return err
	}
	defer s.Close()
	var (
		set     []Change
		encoded []byte
		size    int
	)
	apply := func() error {
		encoded = AppendChanges(encoded[:0], set)
		set, size = set[:0], 0
		_, err := s.ExecContext(ctx, encoded)
		return err
	}
	for c, err := range changes {
		if err != nil {
			return err
		}
		size += len(c.PK) + len(c.Val.Str())
		if set = append(set, c); len(set) >= setChanges || size >= setBytes {
			if err := apply(); err != nil {
				return err
			}
		}
	}
	if len(set) == 0 {
		return nil
	}
	return apply()
}
