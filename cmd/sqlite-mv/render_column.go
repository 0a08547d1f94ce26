package main

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// columnRenderer is the mode column: values padded to the widest of their column. It keeps all rows.
type columnRenderer struct {
	sh     *shell
	names  []string
	rows   [][]string
	widths []int
}

func newColumnRenderer(sh *shell, columns []string) renderer {
	c := &columnRenderer{sh: sh, widths: make([]int, len(columns))}
	for _, name := range columns {
		c.names = append(c.names, visible(name))
	}
	return c
}

func (c *columnRenderer) row(values []any) {
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = visible(c.sh.db.text(v, c.sh.settings.nullValue))
	}
	c.rows = append(c.rows, row)
}

func (c *columnRenderer) end() {
	if len(c.rows) == 0 {
		return
	}
	multiline := false
	for _, row := range append([][]string{c.names}, c.rows...) {
		for i, cell := range row {
			for line := range strings.SplitSeq(cell, "\n") {
				c.widths[i] = max(c.widths[i], runewidth.StringWidth(line))
			}
			multiline = multiline || strings.Contains(cell, "\n")
		}
	}
	if c.sh.settings.headers {
		c.write(c.names)
		dashes := make([]string, len(c.names))
		for i, w := range c.widths {
			dashes[i] = strings.Repeat("-", w)
		}
		c.write(dashes)
	}
	for i, row := range c.rows {
		if multiline && i > 0 {
			c.sh.out.WriteByte('\n')
		}
		c.write(row)
	}
}

// write prints a row; its cells may have several lines.
func (c *columnRenderer) write(row []string) {
	for rest := true; rest; {
		rest = false
		next := make([]string, len(row))
		for i, cell := range row {
			line, more, found := strings.Cut(cell, "\n")
			next[i], rest = more, rest || found
			if i > 0 {
				c.sh.out.WriteString("  ")
			}
			c.sh.out.WriteString(runewidth.FillRight(line, c.widths[i]))
		}
		c.sh.out.WriteByte('\n')
		row = next
	}
}
