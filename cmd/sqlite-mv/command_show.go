package main

import (
	"fmt"
	"strconv"
)

var showCommand = command{
	name: "show", brief: "Show the current values for various settings",
	run: func(sh *shell, _ []string) error {
		s := sh.settings
		onOff := map[bool]string{false: "off", true: "on"}
		for _, row := range [][2]string{
			{"bail", onOff[s.bail]}, {"echo", onOff[s.echo]}, {"headers", onOff[s.headers]}, {"mode", s.mode},
			{"nullvalue", strconv.Quote(s.nullValue)}, {"colseparator", strconv.Quote(s.separator)},
			{"rowseparator", strconv.Quote(s.rowSeparator)}, {"timer", onOff[s.timer]}, {"filename", sh.db.file},
		} {
			fmt.Fprintf(sh.out, "%12s: %s\n", row[0], row[1])
		}
		return nil
	},
}
