// Command program is a Go program over mattn's driver that loads the library, and so has two Go runtimes. With the build
// tag linked it has the engine also linked in.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mattn/go-sqlite3"
)

func main() {
	log.SetFlags(log.Lshortfile)
	sql.Register("with-library", &sqlite3.SQLiteDriver{Extensions: []string{os.Getenv("SQLITE_MV")}})
	db, err := sql.Open("with-library", "file:program.db?_journal_mode=wal&_busy_timeout=60000&_txlock=immediate")
	must(err)
	schema, err := os.ReadFile(filepath.Join(os.Getenv("SCRIPTS"), "schema.sql"))
	must(err)
	writes, err := os.ReadFile(filepath.Join(os.Getenv("SCRIPTS"), "writes.sql"))
	must(err)
	exec(db, string(schema))
	check(db)
	exec(db, string(writes))
	check(db)

	var all sync.WaitGroup
	for n := range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 30 {
				tx, err := db.Begin()
				must(err)
				_, err = tx.Exec("INSERT INTO orders(customer, region, amount) VALUES (?, ?, ?)", 1+i%3, fmt.Sprint("r", n), i)
				must(err)
				if i%5 == 0 {
					must(tx.Rollback())
				} else {
					must(tx.Commit())
				}
			}
		}()
	}
	all.Wait()
	check(db)
	var version string
	must(db.QueryRow("SELECT sqlite_version()").Scan(&version))
	must(db.Close())
	fmt.Println("SQLite", version)
}

func exec(db *sql.DB, text string) {
	_, err := db.Exec(text)
	must(err)
}

func must(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}

func check(db *sql.DB) {
	tx, err := db.Begin()
	must(err)
	defer tx.Rollback()
	views := rows(tx, "SELECT name, sql FROM mv_views")
	if len(views) != 6 {
		log.Fatalf("views: %v", views)
	}
	for _, v := range views {
		got, want := rows(tx, "SELECT * FROM "+v[0].(string)), rows(tx, v[1].(string))
		if !slices.Equal(texts(got), texts(want)) {
			log.Fatalf("view %s: %v, its SELECT: %v", v[0], got, want)
		}
	}
}

func texts(rows [][]any) []string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%#v", r))
	}
	slices.Sort(out)
	return out
}

func rows(tx *sql.Tx, query string) [][]any {
	rs, err := tx.Query(query)
	must(err)
	defer rs.Close()
	columns, err := rs.Columns()
	must(err)
	var out [][]any
	for rs.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(rs.Scan(into...))
		out = append(out, row)
	}
	must(rs.Err())
	return out
}
