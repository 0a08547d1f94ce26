package main

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// The messages of SQLite that quote a piece of the statement.
var (
	nearToken    = regexp.MustCompile(`(?s)^near "(.*)": syntax error$`)
	unrecognized = regexp.MustCompile(`(?s)^unrecognized token: "(.*)"$`)
	noColumn     = regexp.MustCompile(`^no such column: (\S+)$`)
	noFunction   = regexp.MustCompile(`^no such function: (\S+)$`)
)

// pointAt shows where in a statement its error is, as sqlite3 does:
//
//	selec 1;
//	^--- error here
//
// The driver doesn't hand on sqlite3_error_offset, so the place is known only when the piece that the message quotes
// stands once among the statement's tokens; otherwise nothing is shown.
func pointAt(statement, message string) string {
	var piece string
	for _, re := range []*regexp.Regexp{nearToken, unrecognized, noColumn, noFunction} {
		if m := re.FindStringSubmatch(message); m != nil {
			piece = m[1]
			break
		}
	}
	if piece == "" {
		return ""
	}
	place := -1
	for _, t := range sqltext.Tokens(statement) {
		if t.Blank() || !strings.HasPrefix(statement[t.Start:], piece) {
			continue
		}
		if t.Kind == sqltext.TokWord && t.End-t.Start > len(piece) {
			continue // the beginning of a longer word
		}
		if place >= 0 {
			return ""
		}
		place = t.Start
	}
	if place < 0 {
		return ""
	}
	return point(statement, place)
}

// point draws the arrow under byte offset at of the statement. As in sqlite3, the statement is shown on one line, cut
// to a window of about 78 characters around the place.
func point(statement string, at int) string {
	start := 0
	for at-start > 50 {
		start++
		for start < len(statement) && !utf8.RuneStart(statement[start]) {
			start++
		}
	}
	shown := statement[start:]
	if len(shown) > 78 {
		n := 78
		for n > 0 && !utf8.RuneStart(shown[n]) {
			n--
		}
		shown = shown[:n]
	}
	at = utf8.RuneCountInString(statement[start:at])
	shown = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, shown)
	if at < 25 {
		return "  " + shown + "\n  " + strings.Repeat(" ", at) + "^--- error here\n"
	}
	return "  " + shown + "\n  " + strings.Repeat(" ", at-14) + "error here ---^\n"
}
