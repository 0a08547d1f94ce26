package driver

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// malformed is the error for a command that can't be read.
func (s *script) malformed(i int) error {
	p := s.parts[i]
	offset := p.start
	var syntax *sqltext.SyntaxError
	if errors.As(p.command.Err, &syntax) {
		offset += syntax.Offset
	}
	line, column := sqltext.Position(s.text, offset)
	return fmt.Errorf("%w: %w at line %d, column %d", ErrSyntax, p.command.Err, line, column)
}

// place is how the engine names a position in the SELECT of a view; the last group, one in a plain view's text.
var place = regexp.MustCompile(`\bline ([0-9]{1,9}), column ([0-9]{1,9})\b( of view )?`)

// relocate makes the positions in an error about the SELECT of part i positions in the whole text that the user gave.
func (s *script) relocate(i int, err error) error {
	cmd := s.parts[i].command
	if cmd.Kind != sqltext.CreateView {
		return err
	}
	line0, column0 := sqltext.Position(s.text, s.parts[i].start+cmd.Select.Start)
	if cmd.Columns != nil {
		column0-- // the engine counts from behind AS, where createView puts a blank
	}
	old := err.Error()
	msg := place.ReplaceAllStringFunc(old, func(m string) string {
		g := place.FindStringSubmatch(m)
		if g[3] != "" {
			return m
		}
		line, _ := strconv.Atoi(g[1])
		column, _ := strconv.Atoi(g[2])
		if line == 1 {
			column += column0 - 1
		}
		return fmt.Sprintf("line %d, column %d", line+line0-1, column)
	})
	if msg == old {
		return err
	}
	return &relocated{msg, err}
}

// relocated is an error of the inner driver with another message.
type relocated struct {
	msg   string
	cause error
}

// Error returns the message with positions in the user's text.
func (e *relocated) Error() string { return e.msg }

// Unwrap returns the inner driver's error.
func (e *relocated) Unwrap() error { return e.cause }
