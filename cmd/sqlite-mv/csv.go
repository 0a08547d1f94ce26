package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// csvReader reads fields as sqlite3's .import does. Its rules differ from RFC 4180 readers: an empty line is a row with
// one empty field, a field is quoted only when it begins with a quote, line ends inside quotes are kept as they are.
type csvReader struct {
	in        *bufio.Reader
	name      string // the file, for messages
	separator byte
	end       byte // of a row
	line      int  // lines begun so far
	warn      func(format string, args ...any)
	buf       []byte
}

func newCSVReader(r io.Reader, name string, separator, end byte, warn func(string, ...any)) *csvReader {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	return &csvReader{in: in, name: name, separator: separator, end: end, line: 1, warn: warn}
}

// row returns the fields of the next row and the line at which it begins; io.EOF when there is none.
func (c *csvReader) row() (fields []string, line int, err error) {
	line = c.line
	for {
		field, last, err := c.field()
		if errors.Is(err, io.EOF) {
			if len(fields) == 0 {
				return nil, line, io.EOF
			}
			return append(fields, ""), line, nil // the file ends behind a separator
		}
		if err != nil {
			return nil, line, fmt.Errorf("cannot read %q: %w", c.name, err)
		}
		fields = append(fields, field)
		if last {
			return fields, line, nil
		}
	}
}

// field returns the next field and whether it ends its row; io.EOF when nothing is left to read.
func (c *csvReader) field() (field string, last bool, err error) {
	c.buf = c.buf[:0]
	b, err := c.in.ReadByte()
	if err != nil {
		return "", true, err
	}
	if b == '"' {
		return c.quoted()
	}
	for err == nil && b != c.separator && b != c.end {
		c.buf = append(c.buf, b)
		b, err = c.in.ReadByte()
	}
	if err == nil && b == c.separator {
		return string(c.buf), false, nil
	}
	if err == nil {
		c.line++
		if n := len(c.buf); c.end == '\n' && n > 0 && c.buf[n-1] == '\r' {
			c.buf = c.buf[:n-1]
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return string(c.buf), true, err
}

// quoted reads on after an opening quote.
func (c *csvReader) quoted() (field string, last bool, err error) {
	begun := c.line
	for {
		b, err := c.in.ReadByte()
		if errors.Is(err, io.EOF) {
			c.warn("%s:%d: unterminated \"-quoted field", c.name, begun)
			return string(c.buf), true, nil
		}
		if err != nil {
			return "", true, err
		}
		if b == '\n' {
			c.line++
		}
		if b != '"' {
			c.buf = append(c.buf, b)
			continue
		}
		b, err = c.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return string(c.buf), true, nil
		case err != nil:
			return "", true, err
		case b == '"':
			c.buf = append(c.buf, '"')
		case b == c.separator:
			return string(c.buf), false, nil
		case b == c.end:
			c.line++
			return string(c.buf), true, nil
		case b == '\r' && c.end == '\n' && c.peek('\n'):
			c.in.Discard(1)
			c.line++
			return string(c.buf), true, nil
		default:
			// Not the end of the field after all; sqlite3 keeps the quote, too.
			c.warn("%s:%d: unescaped \" character", c.name, c.line)
			c.buf = append(c.buf, '"', b)
		}
	}
}

func (c *csvReader) peek(b byte) bool {
	next, err := c.in.Peek(1)
	return err == nil && next[0] == b
}
