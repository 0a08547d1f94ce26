package main

import "time"

// clock is what loads are timed by: elapsed time, or with -cpu the CPU time of the process, which other work on the machine
// disturbs less.
var clock = func() time.Duration { return time.Since(began) }

var began = time.Now()

// cpuClock is nil where the CPU time can't be asked for.
var cpuClock func() time.Duration
