package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// load makes the tables, fills them from the CSV files, and returns the flights that are left for the stream.
func (s *session) load(data string) ([][]string, error) {
	schema, err := os.ReadFile(filepath.Join(data, "schema.sql"))
	if err != nil {
		return nil, fmt.Errorf("%w (run this from the top of the repository)", err)
	}
	if _, err := s.conn.ExecContext(s.ctx, string(schema)); err != nil {
		return nil, err
	}
	airports, err := readCSV(filepath.Join(data, "airports.csv"))
	if err != nil {
		return nil, err
	}
	flights, err := readCSV(filepath.Join(data, "flights.csv"))
	if err != nil {
		return nil, err
	}
	first := len(flights) - streamed
	start := time.Now()
	if err := s.insert("airports", airports); err != nil {
		return nil, err
	}
	if err := s.insert("flights", flights[:first]); err != nil {
		return nil, err
	}
	s.say("Imported %d airports and %d flights in %s; %d flights are left for the stream.\n",
		len(airports), first, milliseconds(time.Since(start)), streamed)
	return flights[first:], nil
}

// insert adds rows to a table in one transaction.
func (s *session) insert(table string, rows [][]string) error {
	tx, err := s.conn.BeginTx(s.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(s.ctx,
		"INSERT INTO "+table+" VALUES("+strings.Repeat("?,", len(rows[0])-1)+"?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, row := range rows {
		values := make([]any, len(row))
		for i, field := range row {
			values[i] = field
		}
		if _, err := insert.ExecContext(s.ctx, values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// readCSV returns the rows of a file without the header.
func readCSV(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return rows[1:], nil
}
