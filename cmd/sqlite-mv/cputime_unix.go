//go:build unix

package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTimes is the processor time that the program has used.
type cpuTimes struct{ user, system time.Duration }

func cpuTime() cpuTimes {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return cpuTimes{}
	}
	return cpuTimes{user: time.Duration(u.Utime.Nano()), system: time.Duration(u.Stime.Nano())}
}
