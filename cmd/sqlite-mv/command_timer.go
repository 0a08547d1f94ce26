package main

var timerCommand = switchCommand("timer", "Turn the timing of statements on or off",
	func(sh *shell, on bool) { sh.settings.timer = on })
