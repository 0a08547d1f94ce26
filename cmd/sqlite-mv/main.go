// Command sqlite-mv is a shell for SQLite files with materialized views. It takes the options, the dot commands and the
// output formats of the sqlite3 shell, and adds what looks inside the views.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
