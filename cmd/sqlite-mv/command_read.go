package main

var readCommand = command{
	name: "read", args: "FILE", brief: "Read input from FILE",
	run: func(sh *shell, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		return sh.readFile(args[0])
	},
}
