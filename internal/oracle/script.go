package oracle

import (
	"fmt"
	"strconv"
	"strings"
)

// Script is a parsed SQL test. Its form is that of a plain .sql file:
//
//	a statement ends with the line that ends in ";" (CREATE TRIGGER: "END;"); each is run, must succeed, and is
//	followed by a check of every view
//	-- error: TEXT           the next statement must fail with TEXT in its message
//	-- may fail              the next statement may fail
//	-- quiet                 no check after the next statement if a transaction is open then
//	-- probe: VIEW SELECT …  the query, in which $ stands for the view, gives the same over the view's SELECT
//	-- query                 the next statement's rows are those of the "--> " lines that follow it, in this order
//	-- open: SLOT N          the next statement is opened as a query; N rows are read and it stays open
//	-- step: SLOT N          read N more rows
//	-- shut: SLOT            read the rest, compare with what the query gave when it was opened, and close
//	-- drop: SLOT            close without reading the rest
//	-- conn: NAME            go on with the connection NAME (the first one is "1")
//	-- reopen                close all connections, open the file again
//	-- free: VIEW.COLUMN COLLATION [BY c1,c2] AMONG SELECT …
//	                         the column may show any of several equal values, see Free
//	-- reference: VIEW SELECT …   compare the view with this SELECT
//	-- stale: VIEW           reading the view must fail with "stale" from here on
//	-- fresh: VIEW           no longer
//	-- schemas: main, aux    check the views of these schemas
//	-- database: memory|wal|delete|truncate|persist   (before the first statement; wal when missing)
//	-- materialized only     not to be run with plain views
//
// Other lines that begin with "--" are comments.
type Script struct {
	Name         string
	Database     string
	Materialized bool // not to be run with plain views
	Steps        []Step
}

// Step is one statement or directive of a Script.
type Step struct {
	Line int
	Do   string // "exec", "query", "open", or the directive's name
	SQL  string
	// Fails is set when the statement must fail, with Text in the message.
	Fails   bool
	MayFail bool
	Quiet   bool
	Text    string   // the directive's argument, or the error's text
	Rows    []string // of a query
	Slot    string
	N       int
}

// Parse reads a script.
func Parse(name, text string) (*Script, error) {
	s := &Script{Name: name, Database: "wal"}
	next := Step{Do: "exec"}
	var stmt []string
	fail := func(line int, format string, args ...any) error {
		return fmt.Errorf("oracle: %s:%d: %s", name, line, fmt.Sprintf(format, args...))
	}
	for i, raw := range strings.Split(text, "\n") {
		line := i + 1
		trimmed := strings.TrimSpace(raw)
		if len(stmt) == 0 {
			if trimmed == "" {
				continue
			}
			if row, ok := strings.CutPrefix(trimmed, "-->"); ok {
				last := len(s.Steps) - 1
				if last < 0 || s.Steps[last].Do != "query" {
					return nil, fail(line, "rows without a query")
				}
				s.Steps[last].Rows = append(s.Steps[last].Rows, strings.TrimSpace(row))
				continue
			}
			if comment, ok := strings.CutPrefix(trimmed, "--"); ok {
				if err := s.directive(line, strings.TrimSpace(comment), &next); err != nil {
					return nil, fail(line, "%v", err)
				}
				continue
			}
			next.Line = line
		}
		stmt = append(stmt, raw)
		if complete(stmt) {
			next.SQL = strings.TrimSpace(strings.Join(stmt, "\n"))
			s.Steps = append(s.Steps, next)
			next, stmt = Step{Do: "exec"}, nil
		}
	}
	if len(stmt) > 0 {
		return nil, fail(next.Line, "a statement without an end")
	}
	return s, nil
}

// complete tells whether the lines are a whole statement.
func complete(lines []string) bool {
	last := strings.ToUpper(strings.TrimSpace(lines[len(lines)-1]))
	words := strings.Fields(strings.ToUpper(strings.Join(lines, " ")))
	if words[0] == "CREATE" && len(words) > 2 && (words[1] == "TRIGGER" || words[2] == "TRIGGER") {
		return strings.HasSuffix(last, "END;")
	}
	return strings.HasSuffix(last, ";")
}

// directive handles the text of a comment line: what concerns the next statement goes to next.
func (s *Script) directive(line int, text string, next *Step) error {
	word, arg, _ := strings.Cut(text, ":")
	arg = strings.TrimSpace(arg)
	step := Step{Line: line, Do: word, Text: arg}
	switch word {
	case "materialized only":
		s.Materialized = true
		return nil
	case "database":
		s.Database = arg
		return nil
	case "error":
		next.Fails, next.Text = true, arg
		return nil
	case "may fail":
		next.MayFail = true
		return nil
	case "quiet":
		next.Quiet = true
		return nil
	case "query":
		next.Do = "query"
		return nil
	case "open":
		next.Do = "open"
		return slot(next, arg)
	case "step", "shut", "drop":
		if err := slot(&step, arg); err != nil {
			return err
		}
	case "conn", "reopen", "free", "reference", "stale", "fresh", "schemas", "probe":
	default:
		return nil
	}
	s.Steps = append(s.Steps, step)
	return nil
}

func slot(step *Step, arg string) error {
	name, n, _ := strings.Cut(arg, " ")
	step.Slot = name
	if n == "" {
		return nil
	}
	var err error
	step.N, err = strconv.Atoi(strings.TrimSpace(n))
	return err
}

// ParseFree reads the argument of a free directive; view is the view's name.
func ParseFree(text string) (view string, f Free, err error) {
	head, among, ok := strings.Cut(text, " AMONG ")
	name, rest, _ := strings.Cut(strings.TrimSpace(head), " ")
	view, f.Column, _ = strings.Cut(name, ".")
	f.Collation = strings.TrimSpace(rest)
	if collation, by, found := strings.Cut(rest, "BY "); found {
		f.Collation = strings.TrimSpace(collation)
		for _, c := range strings.Split(by, ",") {
			f.By = append(f.By, strings.TrimSpace(c))
		}
	}
	f.Among = strings.TrimSpace(among)
	if !ok || f.Column == "" {
		return "", f, fmt.Errorf("oracle: not VIEW.COLUMN COLLATION [BY columns] AMONG SELECT …: %s", text)
	}
	return view, f, nil
}

// FreeDirective is the inverse of ParseFree, as a line of a script.
func FreeDirective(view string, f Free) string {
	collation := f.Collation
	if collation == "" {
		collation = "BINARY"
	}
	by := ""
	if len(f.By) > 0 {
		by = " BY " + strings.Join(f.By, ",")
	}
	return "-- free: " + view + "." + f.Column + " " + collation + by + " AMONG " + f.Among
}
