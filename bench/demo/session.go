package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc" // the driver "sqlite-mv"
)

// session is a connection whose statements are printed as they run.
type session struct {
	ctx   context.Context
	pool  *sql.DB
	conn  *sql.Conn
	quiet bool
	views []view
}

// openSession opens a new file.
func openSession(ctx context.Context, file string) (*session, error) {
	pool, err := sql.Open("sqlite-mv", file+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &session{ctx: ctx, pool: pool, conn: conn}, nil
}

func (s *session) close() {
	s.conn.Close()
	s.pool.Close()
}

// say prints a heading or a remark.
func (s *session) say(format string, args ...any) {
	if !s.quiet {
		fmt.Printf(format+"\n", args...)
	}
}

// exec runs a statement, prints it with the time it took, and returns that time.
func (s *session) exec(statement string) (time.Duration, error) {
	start := time.Now()
	r, err := s.conn.ExecContext(s.ctx, statement)
	took := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", statement, err)
	}
	remark := milliseconds(took)
	if n, err := r.RowsAffected(); err == nil && n > 0 && strings.HasPrefix(statement, "UPDATE") {
		remark = fmt.Sprintf("%d rows, %s", n, remark)
	}
	s.say("> %s;   -- %s", statement, remark)
	return took, nil
}

// show runs a query and prints it with its rows.
func (s *session) show(query string) error {
	rows, err := s.conn.QueryContext(s.ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	s.say("> %s;", query)
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	grid := table.NewWriter()
	grid.SetStyle(table.StyleLight)
	grid.Style().Format.Header = text.FormatDefault
	header := make(table.Row, len(columns))
	for i, c := range columns {
		header[i] = c
	}
	grid.AppendHeader(header)
	found := false
	for rows.Next() {
		row, targets := make(table.Row, len(columns)), make([]any, len(columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, v := range row {
			if f, ok := v.(float64); ok {
				row[i] = fmt.Sprintf("%.1f", f) // all reals of the views are rounded to this
			}
		}
		grid.AppendRow(row)
		found = true
	}
	if found {
		s.say("%s", grid.Render())
	} else {
		s.say("(no rows)")
	}
	return rows.Err()
}

// count returns a query's only value.
func (s *session) count(query string) (n int64, err error) {
	err = s.conn.QueryRowContext(s.ctx, query).Scan(&n)
	return n, err
}

// time runs a query, reads all its rows and returns the time that took.
func (s *session) time(query string) (time.Duration, error) {
	start := time.Now()
	rows, err := s.conn.QueryContext(s.ctx, query)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
	}
	err = errors.Join(rows.Err(), rows.Close())
	return time.Since(start), err
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
