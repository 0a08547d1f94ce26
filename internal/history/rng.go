package history

import (
	"fmt"
	"math/rand/v2"
)

// rng is the source of all choices of one history.
type rng struct{ *rand.Rand }

func newRNG(seed, history uint64) rng { return rng{rand.New(rand.NewPCG(seed, history))} }

// chance is true in percent of 100 cases.
func (r rng) chance(percent int) bool { return r.IntN(100) < percent }

// between returns a number from lo to hi, both included.
func (r rng) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// pick returns one of the choices.
func pick[T any](r rng, choices ...T) T { return choices[r.IntN(len(choices))] }

// some returns each of the items with the given chance, in a random order.
func some[T any](r rng, percent int, items []T) []T {
	var out []T
	for _, i := range r.Perm(len(items)) {
		if r.chance(percent) {
			out = append(out, items[i])
		}
	}
	return out
}

// weighted returns the index of a weight, with a probability in proportion to it.
func (r rng) weighted(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := r.IntN(total)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	panic("history: no weight")
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }
