package main

import (
	"fmt"
	"strings"
)

// withRawText returns a query that gives the same rows, but whose columns have no declared type DATE, DATETIME or
// TIMESTAMP: the driver would parse their text into times, and the text as stored would be lost. A statement that isn't
// a query stays as it is; the driver then parses the dates of a RETURNING clause.
func (db *database) withRawText(statement string) string {
	words := firstWords(statement, 1)
	if len(words) == 0 || words[0] != "SELECT" && words[0] != "WITH" {
		return statement
	}
	types, names, err := db.columnInfo(statement)
	if err != nil {
		return statement // running it gives the error
	}
	dated := false
	var inner, outer []string
	for i, t := range types {
		column := fmt.Sprintf("c%d", i)
		inner = append(inner, column)
		switch strings.ToUpper(t) {
		case "DATE", "DATETIME", "TIMESTAMP":
			// An expression has no declared type; unary plus changes nothing else.
			column, dated = "+"+column, true
		}
		outer = append(outer, column+" AS "+quoteName(names[i]))
	}
	if !dated {
		return statement
	}
	wrapped := fmt.Sprintf("WITH q(%s) AS (%s\n) SELECT %s FROM q", strings.Join(inner, ","), withoutEnd(statement),
		strings.Join(outer, ","))
	if _, _, err := db.columnInfo(wrapped); err != nil {
		return statement // WITH … INSERT … RETURNING
	}
	return wrapped
}
