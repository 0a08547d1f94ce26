package main

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// jsonRenderer is the mode json: an array of objects, one a line, as sqlite3 writes it. No rows print nothing.
type jsonRenderer struct {
	sh   *shell
	keys []string // encoded
	rows int
}

func newJSONRenderer(sh *shell, columns []string) renderer {
	j := &jsonRenderer{sh: sh}
	for _, c := range columns {
		j.keys = append(j.keys, jsonString(c))
	}
	return j
}

func (j *jsonRenderer) row(values []any) {
	open := ",\n{"
	if j.rows++; j.rows == 1 {
		open = "[{"
	}
	j.sh.out.WriteString(open)
	for i, v := range values {
		if i > 0 {
			j.sh.out.WriteByte(',')
		}
		j.sh.out.WriteString(j.keys[i])
		j.sh.out.WriteByte(':')
		j.sh.out.WriteString(j.value(v))
	}
	j.sh.out.WriteByte('}')
}

func (j *jsonRenderer) end() {
	if j.rows > 0 {
		j.sh.out.WriteString("]\n")
	}
}

func (j *jsonRenderer) value(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case int64:
		return j.sh.db.text(v, "")
	case float64:
		switch {
		case math.IsInf(v, 1):
			return "1e999"
		case math.IsInf(v, -1):
			return "-1e999"
		}
		return j.sh.db.text(v, "")
	default:
		return jsonString(j.sh.db.text(v, ""))
	}
}

// jsonString writes a JSON string. A byte that isn't part of valid UTF-8, as blobs have, becomes the character with its
// number, so that the result is always JSON.
func jsonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = rune(s[i])
			fmt.Fprintf(&b, `\u%04x`, r)
			i++
			continue
		}
		i += n
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
