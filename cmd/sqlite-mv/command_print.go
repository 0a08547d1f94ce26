package main

import (
	"fmt"
	"strings"
)

var printCommand = command{
	name: "print", args: "STRING...", brief: "Print literal STRING",
	run: func(sh *shell, args []string) error {
		fmt.Fprintln(sh.out, strings.Join(args, " "))
		return nil
	},
}
