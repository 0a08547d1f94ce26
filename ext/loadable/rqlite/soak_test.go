package rqlite

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	soak  = flag.Duration("soak", 0, "how long TestSoak loads a cluster, such as 15m")
	plain = flag.Bool("plain", false, "TestSoak with plain views, without the library: what rqlite alone does")
)

// TestSoak loads three nodes for a time, with much garbage collection and profiling signals in the two Go runtimes of
// each, and prints their resident memory.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("no -soak")
	}
	c := newCluster(t, 3, *plain, []string{"GOGC=20"}, "-fk", "-raft-snap", "1024", "-raft-snap-int", "5s")
	l := newLoad(t, newTwin(t), 5, c.asked)
	l.pause = 5 * time.Millisecond
	l.start()
	began, last := time.Now(), time.Time{}
	for round := 0; time.Since(began) < *soak && !t.Failed(); round++ {
		// SIGPROF, in turns, about half of the time.
		if _, err := call("GET", c.nodes[round%3].url("/debug/pprof/profile?seconds=5"), "", nil); err != nil {
			t.Errorf("profile: %v", err)
		}
		time.Sleep(5 * time.Second)
		if time.Since(last) < 30*time.Second {
			continue
		}
		last = time.Now()
		var resident []string
		for _, n := range c.nodes {
			resident = append(resident, fmt.Sprintf("%d MB", n.resident()/1024))
		}
		fmt.Printf("%6v: %d writes, %d comparisons, resident %s\n", time.Since(began).Round(time.Second), l.acked.Load(),
			l.reads.Load(), strings.Join(resident, ", "))
	}
	l.end()
	l.settle(c.nodes[0])
	c.verify(l.twin)
	fmt.Printf("%d writes and %d comparisons; every view is right\n", l.acked.Load(), l.reads.Load())
}
