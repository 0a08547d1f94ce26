//go:build !race

package modernc

const raceEnabled = false
