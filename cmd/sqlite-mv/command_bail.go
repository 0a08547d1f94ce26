package main

var bailCommand = switchCommand("bail", "Stop after hitting an error.  Default OFF",
	func(sh *shell, on bool) { sh.settings.bail = on })
