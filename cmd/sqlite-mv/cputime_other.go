//go:build !unix

package main

import "time"

// cpuTimes is the processor time that the program has used; it isn't known on this system.
type cpuTimes struct{ user, system time.Duration }

func cpuTime() cpuTimes { return cpuTimes{} }
