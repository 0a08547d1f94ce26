package main

import (
	"fmt"
	"unicode/utf8"
)

// lineRenderer is the mode line: one "name = value" a line, an empty line between rows.
type lineRenderer struct {
	sh      *shell
	columns []string
	width   int
	rows    int
}

func newLineRenderer(sh *shell, columns []string) renderer {
	l := &lineRenderer{sh: sh, columns: columns, width: 5}
	for _, c := range columns {
		l.width = max(l.width, utf8.RuneCountInString(c))
	}
	return l
}

func (l *lineRenderer) row(values []any) {
	if l.rows++; l.rows > 1 {
		fmt.Fprintln(l.sh.out)
	}
	for i, v := range values {
		fmt.Fprintf(l.sh.out, "%*s = %s\n", l.width, l.columns[i], l.sh.db.text(v, l.sh.settings.nullValue))
	}
}

func (l *lineRenderer) end() {}
