package planner

import (
	"math/rand/v2"
)

// tape gives the choices of a generator: at random, or a recorded list of them, so that a failing case can be made
// smaller by leaving choices out. (rapid prefers small numbers, which here means few joins.)
type tape struct {
	random  *rand.Rand // nil when replaying
	choices []int
	at      int
}

func newTape(seed uint64) *tape { return &tape{random: rand.New(rand.NewPCG(seed, 0))} }

// n returns a number below limit; 0 past the end of a recording.
func (t *tape) n(limit int) int {
	if t.random != nil {
		t.choices = append(t.choices, t.random.IntN(limit))
		return t.choices[len(t.choices)-1]
	}
	if t.at >= len(t.choices) {
		return 0
	}
	t.at++
	return min(t.choices[t.at-1], limit-1)
}

// shrink looks for a shorter recording on which fails still returns a message, and returns it with the message.
func shrink(choices []int, message string, fails func(*tape) string) string {
	try := func(next []int) bool {
		if m := fails(&tape{choices: next}); m != "" {
			choices, message = next, m
			return true
		}
		return false
	}
	for range 4 {
		before := len(choices)
		for size := len(choices) / 2; size > 0; size /= 2 {
			for at := 0; at+size <= len(choices); {
				next := append(append([]int(nil), choices[:at]...), choices[at+size:]...)
				if !try(next) {
					at += size
				}
			}
		}
		for i := range choices {
			if i < len(choices) && choices[i] > 0 {
				next := append([]int(nil), choices...)
				next[i] = 0
				try(next)
			}
		}
		if len(choices) == before {
			break
		}
	}
	return message
}
