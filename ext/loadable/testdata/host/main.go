// Command host is a Go program over the stock driver that loads the library: two Go runtimes are in one process.
package main

import (
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/mattn/go-sqlite3"
)

func main() {
	library, file := os.Args[1], os.Args[2]
	sql.Register("loading", &sqlite3.SQLiteDriver{Extensions: []string{library}})
	db, err := sql.Open("loading", file+"?_busy_timeout=20000&_txlock=immediate&_journal_mode=WAL")
	check(err)
	exec := func(text string) {
		_, err := db.Exec(text)
		check(err)
	}
	exec("CREATE TABLE t(g INT, x INT); CREATE VIRTUAL TABLE v USING materialized_view(SELECT g, count(*) AS n, sum(x) AS s FROM t GROUP BY g)")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				_, err := db.Exec("INSERT INTO t VALUES(?, ?), (?, ?)", w, i, i%7, w)
				check(err)
				runtime.GC()
			}
		})
	}
	wg.Wait()
	var wrong, n int
	check(db.QueryRow("SELECT count(*) FROM (SELECT g, count(*), sum(x) FROM t GROUP BY g EXCEPT SELECT * FROM v)").Scan(&wrong))
	check(db.QueryRow("SELECT sum(n) FROM v").Scan(&n))
	check(db.Close())
	fmt.Println(wrong, n)
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
