package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// gridRenderer is the modes box, table and markdown. It keeps all rows, for the widths of the columns.
type gridRenderer struct {
	sh        *shell
	mode      string
	table     table.Writer
	names     []string
	widths    []int
	rows      int
	multiline bool
}

func newGridRenderer(sh *shell, columns []string) renderer {
	g := &gridRenderer{sh: sh, mode: sh.settings.mode, table: table.NewWriter()}
	g.table.SetStyle(gridStyles[g.mode])
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		name := g.cell(c)
		g.names, g.widths = append(g.names, name), append(g.widths, text.LongestLineLen(name))
		// sqlite3 aligns every value to the left.
		configs[i] = table.ColumnConfig{Number: i + 1, Align: text.AlignLeft, AlignHeader: text.AlignLeft}
	}
	g.table.SetColumnConfigs(configs)
	return g
}

// header returns the names of the columns in the middle of their columns. The table could do that, but puts an odd blank
// to the left, sqlite3 to the right.
func (g *gridRenderer) header() table.Row {
	row := make(table.Row, len(g.names))
	for i, n := range g.names {
		row[i] = strings.Repeat(" ", (g.widths[i]-text.LongestLineLen(n))/2) + n
	}
	return row
}

func (g *gridRenderer) cell(s string) string {
	if g.mode == "markdown" {
		s = strings.NewReplacer("|", `\|`, "\r\n", "<br>", "\n", "<br>").Replace(s)
	}
	return visible(s)
}

func (g *gridRenderer) row(values []any) {
	row := make(table.Row, len(values))
	for i, v := range values {
		cell := g.cell(g.sh.db.text(v, g.sh.settings.nullValue))
		g.multiline = g.multiline || strings.Contains(cell, "\n")
		g.widths[i] = max(g.widths[i], text.LongestLineLen(cell))
		row[i] = cell
	}
	g.rows++
	g.table.AppendRow(row)
}

func (g *gridRenderer) end() {
	if g.rows == 0 {
		return
	}
	g.table.AppendHeader(g.header())
	// Rows of several lines need lines between them to be told apart.
	g.table.Style().Options.SeparateRows = g.multiline
	lines := g.table.Render()
	if g.mode == "markdown" {
		_, lines, _ = strings.Cut(lines, "\n")         // without the line above
		lines = lines[:strings.LastIndex(lines, "\n")] // and the one below
	}
	g.sh.out.WriteString(lines)
	g.sh.out.WriteByte('\n')
}

var gridStyles = map[string]table.Style{
	"box":      gridStyle(table.StyleBoxLight),
	"table":    gridStyle(table.StyleBoxDefault),
	"markdown": gridStyle(markdownBox()),
}

func gridStyle(box table.BoxStyle) table.Style {
	s := table.Style{Name: "sqlite", Box: box, Options: table.OptionsDefault}
	s.Format = table.FormatOptions{Header: text.FormatDefault, Row: text.FormatDefault}
	return s
}

// markdownBox draws every horizontal line as the one under the header.
func markdownBox() table.BoxStyle {
	box := table.StyleBoxDefault
	box.BottomLeft, box.BottomRight, box.BottomSeparator = "|", "|", "|"
	box.LeftSeparator, box.RightSeparator, box.MiddleSeparator = "|", "|", "|"
	box.TopLeft, box.TopRight, box.TopSeparator = "|", "|", "|"
	return box
}

// visible replaces control characters, which would act on the terminal and break the grid, by ^X; a tab becomes blanks
// up to the next multiple of 8.
func visible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
		return s
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteByte('\n')
			column = 0
			continue
		case r == '\t':
			n := 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		case r < ' ':
			b.WriteByte('^')
			r += '@'
			column++
		case r == 0x7f:
			b.WriteByte('^')
			r = '?'
			column++
		}
		b.WriteRune(r)
		column++
	}
	return b.String()
}
