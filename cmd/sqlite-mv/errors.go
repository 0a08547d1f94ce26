package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// sqliteStrings are the texts of sqlite3_errstr that the driver puts before SQLite's own message.
var sqliteStrings = []string{
	"SQL logic error", "access permission denied", "query aborted", "database is locked", "database table is locked",
	"out of memory", "attempt to write a readonly database", "interrupted", "disk I/O error",
	"database disk image is malformed", "unknown operation", "database or disk is full", "unable to open database file",
	"locking protocol", "database schema has changed", "string or blob too big", "constraint failed",
	"datatype mismatch", "bad parameter or other API misuse", "authorization denied", "column index out of range",
	"file is not a database", "abort due to ROLLBACK", "large file support is disabled",
}

// sqliteCode returns the result code of an error of SQLite; 0 for another error.
func sqliteCode(err error) int {
	if coded, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return coded.Code()
	}
	return 0
}

// interruptedCode tells whether sqlite3_interrupt ended a statement.
func interruptedCode(err error) bool { return sqliteCode(err)&0xff == sqlite3.CodeInterrupt }

// sqliteMessage returns SQLite's own message without what the driver puts around it.
func sqliteMessage(err error) string {
	msg := err.Error()
	code := sqliteCode(err)
	if code == 0 {
		return msg
	}
	msg = strings.TrimSuffix(msg, " (SQLITE_BUSY)")
	msg = strings.TrimSuffix(msg, " ("+strconv.Itoa(code)+")")
	for _, s := range sqliteStrings {
		if rest, ok := strings.CutPrefix(msg, s+": "); ok {
			return rest
		}
	}
	return msg
}

// statementError is a failed statement of the user's.
type statementError struct {
	text   string // the statement
	cause  error
	parse  bool // SQLite could not compile it
	rolled bool // an open transaction was rolled back after an interrupt
}

// Error returns SQLite's message.
func (e *statementError) Error() string { return sqliteMessage(e.cause) }

// Unwrap returns the driver's error.
func (e *statementError) Unwrap() error { return e.cause }

// message is what is printed after "Error: " and the like: SQLite's message, with the result code when that says more
// than "error" (sqlite3 prints the primary code).
func (e *statementError) message() string {
	msg := sqliteMessage(e.cause)
	if code := sqliteCode(e.cause) & 0xff; code > 1 {
		msg += fmt.Sprintf(" (%d)", code)
	}
	return msg
}

// report prints an error of a dot command and counts it.
func (sh *shell) report(err error) {
	sh.errors++
	sh.out.Flush()
	fmt.Fprintf(sh.stderr, "Error: %v\n", err)
}

// reportSQL prints an error of a statement in sqlite3's words. line is the line of the script at which the statement
// begins; 0 for an SQL argument, below 0 at the prompt.
func (sh *shell) reportSQL(err error, file string, line int) {
	sh.errors++
	sh.out.Flush()
	if errors.Is(err, context.Canceled) || errors.Is(err, errInterrupted) {
		msg := "interrupted"
		if se, ok := errors.AsType[*statementError](err); ok && se.rolled {
			msg = "interrupted; the open transaction was rolled back"
		}
		fmt.Fprintf(sh.stderr, "Error: %s\n", msg)
		return
	}
	se, ok := errors.AsType[*statementError](err)
	if !ok {
		fmt.Fprintf(sh.stderr, "Error: %v\n", err)
		return
	}
	var kind string
	switch {
	case line == 0 && se.parse:
		kind = "Error: in prepare, "
	case line == 0:
		kind = "Error: stepping, "
	case se.parse:
		kind = "Parse error"
	default:
		kind = "Runtime error"
	}
	if line > 0 {
		where := ""
		if file != "" {
			where = " of " + file
		}
		kind += fmt.Sprintf(" near line %d%s", line, where)
	}
	if line != 0 {
		kind += ": "
	}
	fmt.Fprintf(sh.stderr, "%s%s\n", kind, se.message())
	if se.parse {
		fmt.Fprint(sh.stderr, pointAt(se.text, sqliteMessage(se.cause)))
	}
}
