package dbsp

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestKeepLeavesTheStateOfStep feeds a circuit twice, once for its state alone, in any order of the sources.
func TestKeepLeavesTheStateOfStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := [2][]column{drawColumns(t, "first", 2, 2), drawColumns(t, "second", 2, 2)}
		c := drawCircuit(t, columns)
		stepped, kept := NewMemoryStore(), NewMemoryStore()
		step := func(s *MemoryStore) *Step { return &Step{Store: s, Numeric: twinNumeric} }
		for source, cols := range columns {
			for _, b := range drawChunks(t, fmt.Sprint("source ", source), drawHistory(t, fmt.Sprint("rows ", source), cols, false)) {
				if _, err := c.Step(step(stepped), source, b); err != nil {
					t.Fatal(err)
				}
				if !c.Kept(source) {
					continue
				}
				if err := c.Keep(step(kept), source, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := c.Start(step(stepped)); err != nil {
			t.Fatal(err)
		}
		if err := c.StartKeep(step(kept)); err != nil {
			t.Fatal(err)
		}
		if want, got := fmt.Sprint(contentsOf(stepped)), fmt.Sprint(contentsOf(kept)); want != got {
			t.Fatalf("keeping left\n%s\ninstead of\n%s", got, want)
		}
	})
}
