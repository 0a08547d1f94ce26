package planner

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// Sentinels of the package; errors.Is finds them.
var (
	// ErrUnsupported is behind every *Unsupported.
	ErrUnsupported = errors.New("planner: not supported in a materialized view")
	// ErrUnsure is behind a refusal by the guard: SQLite compiles the planner's reading of a query to something else than
	// the query itself.
	ErrUnsure = errors.New("planner: can't be sure of this query's structure")
	// ErrColumnCount is behind the error about a column list that does not fit the SELECT.
	ErrColumnCount = errors.New("planner: wrong number of view columns")
)

// Unsupported says which construct of a view's definition can't be maintained, and where it is written.
type Unsupported struct {
	View      string
	Construct string // as a reader knows it: "LEFT JOIN", "function random()"
	Line      int    // 1-based, in the SELECT text, or in the CREATE VIEW statement of PlainView
	Column    int    // 1-based, in characters
	PlainView string // the plain view in whose text the construct is, "" when it is in the definition itself
	Hint      string // the cure, "" when none is known
}

// Error names view, construct, position and cure.
func (e *Unsupported) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "planner: view %s: %s is not supported, at line %d, column %d", e.View, e.Construct, e.Line, e.Column)
	if e.PlainView != "" {
		fmt.Fprintf(&b, " of view %s", e.PlainView)
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns ErrUnsupported.
func (e *Unsupported) Unwrap() error { return ErrUnsupported }

// Unsure says where the planner can't be sure to have read a definition right.
type Unsure struct {
	View         string
	Line, Column int // as in Unsupported
	Why          string
}

// Error names view, position and cure.
func (e *Unsure) Error() string {
	return fmt.Sprintf("%v: view %s, at line %d, column %d: %s (%s)", ErrUnsure, e.View, e.Line, e.Column, e.Why, beExplicit)
}

// Reason is the error without view and position.
func (e *Unsure) Reason() string {
	return strings.TrimPrefix(ErrUnsure.Error(), "planner: ") + ": " + e.Why + " (" + beExplicit + ")"
}

const beExplicit = "write it more explicitly: qualify names, add parentheses"

// Unwrap returns ErrUnsure.
func (e *Unsure) Unwrap() error { return ErrUnsure }

// text is a SQL text that positions refer to.
type text struct {
	view      string // the materialized view
	plainView string // the plain view whose text it is, "" for the definition itself
	sql       string
}

// refuse returns the error for a construct at a place in t.
func (t *text) refuse(at sqltext.Span, construct, hint string) error {
	line, column := t.position(at)
	return &Unsupported{View: t.view, Construct: construct, Line: line, Column: column, PlainView: t.plainView, Hint: hint}
}

// unsure returns the guard's error.
func (t *text) unsure(at sqltext.Span, why string) error {
	line, column := t.position(at)
	in := ""
	if t.plainView != "" {
		in = " of view " + t.plainView
	}
	return &Unsure{View: t.view, Line: line, Column: column, Why: why + in}
}

// position returns the 1-based line and column of the start of a span.
func (t *text) position(at sqltext.Span) (line, column int) {
	before := t.sql[:min(max(at.Start, 0), len(t.sql))]
	line = 1 + strings.Count(before, "\n")
	column = 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return line, column
}
