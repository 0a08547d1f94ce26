package oracle

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// difference returns the rows of each side that have no identical partner on the other, with multiplicity.
func difference(a, b []dbsp.Row) (onlyA, onlyB []dbsp.Row) {
	if len(a) == len(b) && slices.EqualFunc(a, b, func(x, y dbsp.Row) bool { return slices.Equal(x, y) }) {
		return nil, nil
	}
	count := make(map[string]int, len(a))
	var buf []byte
	for _, r := range b {
		buf = identity(buf[:0], r)
		count[string(buf)]++
	}
	for _, r := range a {
		buf = identity(buf[:0], r)
		if count[string(buf)] > 0 {
			count[string(buf)]--
		} else {
			onlyA = append(onlyA, r)
		}
	}
	for _, r := range b {
		buf = identity(buf[:0], r)
		if count[string(buf)] > 0 {
			count[string(buf)]--
			onlyB = append(onlyB, r)
		}
	}
	return onlyA, onlyB
}

// equalForm maps values that SQLite's = finds equal under the collation to identical values.
// https://www.sqlite.org/datatype3.html, sections 4.2 and 7.1.
func equalForm(v dbsp.Value, collation string) dbsp.Value {
	switch v.Kind() {
	case dbsp.Real:
		// Reals in this range that are integral convert exactly; 2^63 itself is no int64.
		if f := v.Real(); f == math.Trunc(f) && f >= -(1<<63) && f < 1<<63 {
			return dbsp.NewInteger(int64(f))
		}
	case dbsp.Text:
		switch strings.ToUpper(collation) {
		case "NOCASE":
			b := []byte(v.Str())
			for i, c := range b {
				if 'A' <= c && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return dbsp.NewText(string(b))
		case "RTRIM":
			return dbsp.NewText(strings.TrimRight(v.Str(), " "))
		}
	}
	return v
}

// equalRow is row with the columns that have a collation in free (not "") in equalForm.
func equalRow(row dbsp.Row, free []string) dbsp.Row {
	out := slices.Clone(row)
	for i, c := range free {
		if c != "" {
			out[i] = equalForm(out[i], c)
		}
	}
	return out
}

// report formats the rows that differ.
func report(columns []string, view, ref []dbsp.Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows only in the view, %d only in the SELECT; columns: %s", len(view), len(ref),
		strings.Join(columns, ", "))
	list := func(title string, rows []dbsp.Row) {
		for i, r := range rows {
			if i == 8 {
				fmt.Fprintf(&b, "\n  %s … %d more", title, len(rows)-i)
				return
			}
			fmt.Fprintf(&b, "\n  %s (%s)", title, RowString(r))
		}
	}
	list("view  ", view)
	list("SELECT", ref)
	return b.String()
}
