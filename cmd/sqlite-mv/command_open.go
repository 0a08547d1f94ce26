package main

var openCommand = command{
	name: "open", args: "?--readonly? ?FILE?", brief: "Close the database and open FILE",
	more: "   Without FILE the new database is a transient one in memory.",
	run: func(sh *shell, args []string) error {
		args, readonly := takeFlag(args, "readonly")
		switch len(args) {
		case 0:
			return sh.open(":memory:", readonly)
		case 1:
			return sh.open(args[0], readonly)
		}
		return errUsage
	},
}
