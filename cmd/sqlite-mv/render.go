package main

import "slices"

// renderer writes the rows of one statement in an output mode.
type renderer interface {
	// row takes the next row; values are overwritten after it returns.
	row(values []any)
	// end writes what is left.
	end()
}

// modes are the output modes by name. Each writes to the shell's output with the shell's settings.
var modes = map[string]func(sh *shell, columns []string) renderer{
	"list":     newListRenderer,
	"tabs":     newListRenderer,
	"csv":      newCSVRenderer,
	"quote":    newQuoteRenderer,
	"line":     newLineRenderer,
	"json":     newJSONRenderer,
	"box":      newGridRenderer,
	"table":    newGridRenderer,
	"markdown": newGridRenderer,
	"column":   newColumnRenderer,
}

// modeNames returns the names of the output modes in order.
func modeNames() []string {
	var names []string
	for name := range modes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (sh *shell) renderer(columns []string) renderer {
	return modes[sh.settings.mode](sh, columns)
}
