// Command simulate runs random simulations of replicating peers for a time (make simulate), and prints the seed of one that
// fails; with -trace it shows one run.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/sqlite-mv/sqlite-mv/crsql/internal/simulate"
	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// drivers are those that peers are opened with; with cgo there is a second.
var drivers = []string{"sqlite-mv"}

func main() {
	seconds := flag.Int("seconds", 60, "how long")
	seed := flag.Uint64("seed", 1, "the first seed")
	steps := flag.Int("steps", 400, "what happens before the network heals")
	trace := flag.Bool("trace", false, "show what happens in the run of the seed, and run no other")
	flag.Parse()
	if err := run(*seed, *steps, time.Duration(*seconds)*time.Second, *trace); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func run(seed uint64, steps int, long time.Duration, trace bool) error {
	var all simulate.Report
	runs, failed := 0, 0
	for end := time.Now().Add(long); time.Now().Before(end); seed++ {
		report, err := one(seed, steps, trace)
		all.Add(report)
		runs++
		if err != nil {
			failed++
			fmt.Println(err)
		}
		if trace {
			break
		}
	}
	fmt.Printf("%d runs, up to seed %d, %d failed: %+v\n", runs, seed-1, failed, all)
	if failed > 0 {
		return fmt.Errorf("%d runs failed", failed)
	}
	return nil
}

func one(seed uint64, steps int, trace bool) (simulate.Report, error) {
	folder, err := os.MkdirTemp("", "simulate-")
	if err != nil {
		return simulate.Report{}, err
	}
	defer os.RemoveAll(folder)
	c := simulate.Config{Seed: seed, Steps: steps, Drivers: drivers, Folder: folder}
	if trace {
		c.Trace = os.Stdout
	}
	return simulate.Run(c)
}
