package main

import (
	"fmt"
	"strings"
)

var modeCommand = command{
	name: "mode", args: "MODE", brief: "Set output mode",
	more: `   MODE is one of:
     box         Tables using unicode box-drawing characters
     column      Output in columns
     csv         Comma-separated values
     json        Results in a JSON array
     line        One value per line
     list        Values delimited by "|"
     markdown    Markdown table format
     quote       Values as SQL literals
     table       ASCII-art table
     tabs        Tab-separated values`,
	run: func(sh *shell, args []string) error {
		switch len(args) {
		case 0:
			fmt.Fprintf(sh.out, "current output mode: %s\n", sh.settings.mode)
			return nil
		case 1:
			if modes[args[0]] != nil {
				sh.setMode(args[0])
				return nil
			}
			return fmt.Errorf("mode should be one of: %s", strings.Join(modeNames(), " "))
		}
		return errUsage
	},
}
