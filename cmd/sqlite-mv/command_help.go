package main

import (
	"fmt"
	"path"
	"strings"
)

var helpCommand = command{name: "help", args: "?PATTERN?", brief: "Show help text for PATTERN", run: runHelp}

func runHelp(sh *shell, args []string) error {
	if len(args) > 1 {
		return errUsage
	}
	if len(args) == 0 {
		for _, c := range commands {
			printBrief(sh, c)
		}
		return nil
	}
	pattern := strings.TrimPrefix(args[0], ".")
	found := 0
	for _, c := range commands {
		if ok, _ := path.Match(pattern+"*", c.name); !ok {
			continue
		}
		found++
		printBrief(sh, c)
		if c.more != "" {
			fmt.Fprintln(sh.out, c.more)
		}
	}
	if found == 0 {
		fmt.Fprintf(sh.out, "Nothing matches '%s'\n", args[0])
	}
	return nil
}

func printBrief(sh *shell, c command) {
	fmt.Fprintf(sh.out, "%-24s %s\n", c.synopsis(), c.brief)
}
