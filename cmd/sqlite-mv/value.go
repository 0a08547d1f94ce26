package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A value of a row is nil, int64, float64, string or []byte; the driver also turns text of columns declared DATE,
// DATETIME or TIMESTAMP into time.Time where query.go can't prevent it.

// text returns a value as SQLite's CAST(value AS TEXT); NULL is null.
func (db *database) text(v any, null string) string {
	switch v := v.(type) {
	case nil:
		return null
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return db.real(v)
	case string:
		return v
	case []byte:
		return string(v)
	case bool:
		if v {
			return "1"
		}
		return "0"
	case time.Time:
		return timeText(v)
	default:
		return fmt.Sprint(v)
	}
}

// real returns a REAL as SQLite's text. Which digits SQLite writes is for SQLite to say: it uses up to 17 and its last
// one is not always Go's. Only numbers that a few digits give exactly are written here.
func (db *database) real(f float64) string {
	if s, ok := shortReal(f); ok {
		return s
	}
	if s, ok := db.reals[f]; ok {
		return s
	}
	var s string
	if err := db.realText.QueryRow(f).Scan(&s); err != nil {
		return strconv.FormatFloat(f, 'g', 17, 64)
	}
	if len(db.reals) >= 1<<16 {
		clear(db.reals)
	}
	db.reals[f] = s
	return s
}

// shortReal writes a number that is a whole number of 1/64ths, which few decimal digits give exactly; ok is false for the
// others.
func shortReal(f float64) (s string, ok bool) {
	if f == 0 {
		return "0.0", true
	}
	if math.Abs(f) >= 1e9 || f*64 != math.Trunc(f*64) { // false for NaN too, which no column holds
		return "", false
	}
	s = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s, true
}

// timeText writes a time that the driver has parsed, in SQLite's own format. What the text was can't be known.
func timeText(t time.Time) string {
	if t.Equal(t.Truncate(24*time.Hour)) && t.Location() == time.UTC {
		return t.Format("2006-01-02")
	}
	if _, offset := t.Zone(); offset != 0 {
		return t.Format("2006-01-02 15:04:05.999999999-07:00")
	}
	return t.Format("2006-01-02 15:04:05.999999999")
}

// literal returns a value as an SQL literal that reads back as the same value.
func (db *database) literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case float64:
		switch {
		case math.IsInf(v, 1):
			return "9.0e+999"
		case math.IsInf(v, -1):
			return "-9.0e+999"
		}
		return db.real(v)
	case []byte:
		return fmt.Sprintf("X'%x'", v)
	case string:
		return quoteText(v)
	case time.Time:
		return quoteText(timeText(v))
	default:
		return db.text(v, "NULL")
	}
}

// quoteText writes text as an SQL string literal. SQL text ends at a NUL character, and shells drop a carriage return at
// the end of a line, so these are written as char(…).
func quoteText(s string) string {
	if !strings.ContainsAny(s, "\x00\r") {
		return quotePlain(s)
	}
	var parts []string
	for s != "" {
		i := strings.IndexAny(s, "\x00\r")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			parts = append(parts, quotePlain(s[:i]))
		}
		for i < len(s) && (s[i] == 0 || s[i] == '\r') {
			parts = append(parts, fmt.Sprintf("char(%d)", s[i]))
			i++
		}
		s = s[i:]
	}
	return strings.Join(parts, "||")
}

func quotePlain(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoteName writes a name as an SQL identifier, always quoted.
func quoteName(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
