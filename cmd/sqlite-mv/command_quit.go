package main

import "strconv"

var quitCommand = command{
	name: "quit", brief: "Exit this program",
	run: func(*shell, []string) error { return exitError(0) },
}

var exitCommand = command{
	name: "exit", args: "?CODE?", brief: "Exit this program with return code CODE",
	run: func(_ *shell, args []string) error {
		if len(args) == 0 {
			return exitError(0)
		}
		code, err := strconv.Atoi(args[0])
		if err != nil {
			return errUsage
		}
		return exitError(code)
	},
}
