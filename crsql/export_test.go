package crsql

import "time"

// SetMachineTime sets what the clocks of logs take for the machine's time, and returns a function that ends this.
func SetMachineTime(now func() time.Time) (restore func()) {
	old := machineTime
	machineTime = now
	return func() { machineTime = old }
}
