package main

var headersCommand = switchCommand("headers", "Turn display of column names on or off",
	func(sh *shell, on bool) { sh.settings.setHeaders(on) })
