package main

import "strings"

// separated writes rows as fields between separators: the modes list, tabs, csv and quote.
type separated struct {
	sh    *shell
	field func(v any) string
	names []string // what to print before the first row, already encoded
}

func newSeparated(sh *shell, columns []string, field func(v any) string) *separated {
	s := &separated{sh: sh, field: field}
	if sh.settings.headers {
		for _, c := range columns {
			s.names = append(s.names, field(c))
		}
	}
	return s
}

func (s *separated) write(fields []string) {
	for i, f := range fields {
		if i > 0 {
			s.sh.out.WriteString(s.sh.settings.separator)
		}
		s.sh.out.WriteString(f)
	}
	s.sh.out.WriteString(s.sh.settings.rowSeparator)
}

func (s *separated) row(values []any) {
	if s.names != nil {
		s.write(s.names)
		s.names = nil
	}
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = s.field(v)
	}
	s.write(fields)
}

func (s *separated) end() {}

func newListRenderer(sh *shell, columns []string) renderer {
	return newSeparated(sh, columns, func(v any) string { return sh.db.text(v, sh.settings.nullValue) })
}

func newQuoteRenderer(sh *shell, columns []string) renderer {
	return newSeparated(sh, columns, sh.db.literal)
}

func newCSVRenderer(sh *shell, columns []string) renderer {
	return newSeparated(sh, columns, func(v any) string {
		if v == nil {
			return sh.settings.nullValue
		}
		return quoteCSV(sh.db.text(v, ""), sh.settings.separator)
	})
}

// quoteCSV quotes a field where sqlite3 does: when it is empty, holds the separator, a quote, a blank, a control
// character, or anything that isn't ASCII.
func quoteCSV(field, separator string) string {
	plain := field != "" && !strings.Contains(field, separator)
	for i := 0; plain && i < len(field); i++ {
		c := field[i]
		plain = c > ' ' && c < 0x7f && c != '"' && c != '\''
	}
	if plain {
		return field
	}
	return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
}
