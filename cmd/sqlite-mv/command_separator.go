package main

var separatorCommand = command{
	name: "separator", args: "COL ?ROW?", brief: "Change the column and row separators",
	run: func(sh *shell, args []string) error {
		if len(args) < 1 || len(args) > 2 {
			return errUsage
		}
		sh.settings.separator = args[0]
		if len(args) == 2 {
			sh.settings.rowSeparator = args[1]
		}
		return nil
	},
}
