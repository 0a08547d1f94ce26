// Command demo shows materialized views over real flight data keeping themselves right: it imports the data, creates
// views, streams flights in, changes them in a transaction that is rolled back, checks every view against its query, and
// times the maintenance against running the queries again. Run it from the top of the repository: make demo.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// batch is how many flights one transaction of the stream adds.
const batch = 100

// streamed is how many of the flights arrive in the stream; the others are there before the views are made.
const streamed = 5000

func main() {
	data := flag.String("data", filepath.Join("testdata", "flights"), "folder of the flight data")
	flag.Parse()
	if err := run(context.Background(), *data); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, data string) error {
	folder, err := os.MkdirTemp("", "sqlite-mv-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s, err := openSession(ctx, filepath.Join(folder, "flights.db"))
	if err != nil {
		return err
	}
	defer s.close()
	flights, err := s.load(data)
	if err != nil {
		return err
	}
	// The same data without views, to know what the writes cost by themselves.
	plain, err := openSession(ctx, filepath.Join(folder, "plain.db"))
	if err != nil {
		return err
	}
	defer plain.close()
	plain.quiet = true
	if _, err := plain.load(data); err != nil {
		return err
	}
	for _, part := range []func() error{
		func() error { return s.createViews(filepath.Join(data, "views.sql")) },
		s.lookAround,
		s.storm,
		func() error { return s.stream(flights, plain) },
		s.check,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
