package main

var echoCommand = switchCommand("echo", "Print statements before they run",
	func(sh *shell, on bool) { sh.settings.echo = on })
