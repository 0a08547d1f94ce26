package main

var nullvalueCommand = command{
	name: "nullvalue", args: "STRING", brief: "Use STRING in place of NULL values",
	run: func(sh *shell, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		sh.settings.nullValue = args[0]
		return nil
	},
}
