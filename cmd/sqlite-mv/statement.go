package main

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// complete tells whether a text ends where a statement ends, as sqlite3_complete does: a word put after it would begin
// another statement.
func complete(text string) bool {
	marked := text + "\nX"
	statements := sqltext.Split(marked)
	last := statements[len(statements)-1]
	for _, t := range last.Tokens {
		if !t.Blank() && t.Kind != sqltext.TokSemicolon {
			return t.Start == len(text)+1 && t.End == len(marked)
		}
	}
	return false
}

// firstWords returns the first n words of a statement in upper case; fewer when something else comes first.
func firstWords(statement string, n int) []string {
	var words []string
	for at := 0; at < len(statement) && len(words) < n; {
		t := sqltext.Next(statement, at)
		at = t.End
		if t.Blank() || t.Kind == sqltext.TokSemicolon && len(words) == 0 {
			continue
		}
		if t.Kind != sqltext.TokWord {
			break
		}
		words = append(words, strings.ToUpper(t.Text(statement)))
	}
	return words
}

// withoutEnd returns the statement without blanks, comments and the semicolon at its end.
func withoutEnd(statement string) string {
	end := 0
	for at := 0; at < len(statement); {
		t := sqltext.Next(statement, at)
		at = t.End
		if !t.Blank() && t.Kind != sqltext.TokSemicolon {
			end = at
		}
	}
	return statement[:end]
}

// nothing tells whether the text holds no part of a statement: only blanks, and comments that end in it.
func nothing(text string) bool {
	for at := 0; at < len(text); {
		t := sqltext.Next(text, at)
		at = t.End
		comment := t.Text(text)
		if !t.Blank() || strings.HasPrefix(comment, "/*") && (len(comment) < 4 || !strings.HasSuffix(comment, "*/")) {
			return false
		}
	}
	return true
}
