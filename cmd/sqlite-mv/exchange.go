package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/crsql"
)

// exchangeWords are what may follow "crsql" on the command line. A file of that name is opened as ./crsql.
var exchangeWords = []string{"pull", "push", "sync", "compact", "help"}

const exchangeUsage = `usage: sqlite-mv crsql pull A.db B.db     bring to A what it lacks of B
       sqlite-mv crsql push A.db B.db     bring to B what it lacks of A
       sqlite-mv crsql sync A.db B.db     both
       sqlite-mv crsql compact A.db       forget deletions that all peers have confirmed`

// isExchange tells whether the command line asks for an exchange.
func isExchange(args []string) bool {
	return len(args) > 1 && args[0] == "crsql" && slices.Contains(exchangeWords, args[1])
}

// runExchange runs "crsql pull", "push", "sync" or "compact", and returns the exit code.
func runExchange(word string, files []string, out, errs io.Writer) int {
	if err := exchange(context.Background(), word, files, out); err != nil {
		fmt.Fprintln(errs, "Error:", err)
		return 1
	}
	return 0
}

func exchange(ctx context.Context, word string, files []string, out io.Writer) error {
	want := 2
	switch word {
	case "help":
		fmt.Fprintln(out, exchangeUsage)
		return nil
	case "compact":
		want = 1
	}
	if len(files) != want {
		return fmt.Errorf("%d files are given, not %d\n%s", len(files), want, exchangeUsage)
	}
	var open []*database
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			return err
		}
		db, err := openDatabase(ctx, f, false)
		if err != nil {
			return err
		}
		defer db.close()
		if err := executeOn(ctx, db, "PRAGMA busy_timeout = 5000"); err != nil {
			return err
		}
		open = append(open, db)
	}
	if word == "compact" {
		n, err := crsql.Compact(ctx, open[0].conn)
		if err == nil {
			fmt.Fprintf(out, "%s: %d deletions forgotten\n", files[0], n)
		}
		return err
	}
	pull := func(to, from int) error {
		n, err := crsql.Pull(ctx, open[to].conn, open[from].conn)
		if err != nil {
			return fmt.Errorf("%s from %s: %w", files[to], files[from], err)
		}
		fmt.Fprintf(out, "%s from %s: %d changes\n", files[to], files[from], n)
		return nil
	}
	if word != "push" {
		if err := pull(0, 1); err != nil {
			return err
		}
	}
	if word != "pull" {
		return pull(1, 0)
	}
	return nil
}

func executeOn(ctx context.Context, db *database, text string) error {
	_, err := db.conn.ExecContext(ctx, text)
	return err
}
