package dbsp

import (
	"math"
	"math/bits"
)

// Exact is a sum of numbers without any rounding, so that it does not depend on the order of its terms, and removing a
// term leaves exactly the sum of the others. It is a fixed-point number wide enough for every float64 (a superaccumulator,
// Kulisch and Miranker, "Computer Arithmetic in Theory and Practice", 1981), of which only the words in use are kept.
// The zero Exact is 0. An assignment does not copy all of it: use Clone.
type Exact struct {
	// The sum is the two's complement number in the words times 2^(64*low-exactUnit). The words are wide, or near when
	// wide is nil: three words from 2^-64 hold common sums without an allocation.
	near [nearWords]uint64
	wide []uint64
	low  int

	// How often +Inf and -Inf were added, modulo 2^64. A NaN counts as one of each, which is what their sum is.
	infinity, minusInfinity int64
}

const (
	// exactUnit makes 2^-exactUnit the unit of word 0. It is the first multiple of 64 past 1074, the exponent of the
	// smallest subnormal, so that integers begin at a word boundary.
	exactUnit = 1088
	// integerWord is the word whose unit is 1.
	integerWord = exactUnit / 64
	// exactLowest is the bit that stands for the smallest subnormal.
	exactLowest = exactUnit - 1074

	nearWords = 3
	nearLow   = integerWord - 1
)

// Add adds weight times f.
func (e *Exact) Add(f float64, weight int64) {
	b := math.Float64bits(f)
	exponent := int(b >> 52 & 0x7ff)
	m := b & (1<<52 - 1)
	switch exponent {
	case 0:
		exponent = 1
	case 0x7ff:
		e.addInfinity(f, weight)
		return
	default:
		m |= 1 << 52
	}
	negative := b>>63 != 0
	magnitude := uint64(weight)
	if weight < 0 {
		negative = !negative
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(m, magnitude)
	// m counts units of 2^(exponent-1075).
	at := uint(exponent - 1075 + exactUnit)
	shift := at & 63
	e.add(int(at>>6), lo<<shift, hi<<shift|lo>>(64-shift), hi>>(64-shift), negative)
}

func (e *Exact) addInfinity(f float64, weight int64) {
	if !(f < 0) {
		e.infinity += weight
	}
	if !(f > 0) {
		e.minusInfinity += weight
	}
}

// AddInteger adds weight times i.
func (e *Exact) AddInteger(i int64, weight int64) {
	hi, lo := bits.Mul64(absolute(i), absolute(weight))
	e.add(nearLow, 0, lo, hi, (i < 0) != (weight < 0))
}

func absolute(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// add adds the three words w0, w1, w2 from word at on, or subtracts them.
func (e *Exact) add(at int, w0, w1, w2 uint64, negative bool) {
	if at == nearLow && e.wide == nil {
		e.addNear(w0, w1, w2, negative)
		return
	}
	e.addWide(at, w0, w1, w2, negative)
}

// addNear is add where the words are near and so is the term.
func (e *Exact) addNear(w0, w1, w2 uint64, negative bool) {
	var c uint64
	n := &e.near
	sign := uint64(int64(n[2]) >> 63)
	if negative {
		n[0], c = bits.Sub64(n[0], w0, 0)
		n[1], c = bits.Sub64(n[1], w1, c)
		n[2], c = bits.Sub64(n[2], w2, c)
		sign -= c
	} else {
		n[0], c = bits.Add64(n[0], w0, 0)
		n[1], c = bits.Add64(n[1], w1, c)
		n[2], c = bits.Add64(n[2], w2, c)
		sign += c
	}
	if uint64(int64(n[2])>>63) != sign {
		e.wide = append(append(make([]uint64, 0, nearWords+2), n[:]...), sign)
		e.low = nearLow
	}
}

// addWide is add in general.
func (e *Exact) addWide(at int, w0, w1, w2 uint64, negative bool) {
	for w0 == 0 {
		if w1|w2 == 0 {
			return
		}
		at, w0, w1, w2 = at+1, w1, w2, 0
	}
	used := 1
	if w2 != 0 {
		used = 3
	} else if w1 != 0 {
		used = 2
	}
	if e.wide == nil && at >= nearLow && at+used <= nearLow+nearWords {
		terms := [nearWords]uint64{}
		copy(terms[at-nearLow:], []uint64{w0, w1, w2})
		e.addNear(terms[0], terms[1], terms[2], negative)
		return
	}
	e.reach(at, at+used)
	words := e.wide[at-e.low:]
	sign := uint64(int64(words[len(words)-1]) >> 63)
	terms := [3]uint64{w0, w1, w2}
	var c uint64
	for i := range words {
		var t uint64
		if i < used {
			t = terms[i]
		} else if c == 0 {
			break
		}
		if negative {
			words[i], c = bits.Sub64(words[i], t, c)
		} else {
			words[i], c = bits.Add64(words[i], t, c)
		}
	}
	if negative {
		c = -c
	}
	sign += c
	if uint64(int64(words[len(words)-1])>>63) != sign {
		e.wide = append(e.wide, sign)
	}
}

// reach makes the words wide and covering [from, to).
func (e *Exact) reach(from, to int) {
	words, low := e.words()
	if e.wide != nil && low <= from && to <= low+len(words) {
		return
	}
	words, low = trim(words, low)
	if len(words) == 0 {
		low = from
	}
	from = min(from, low)
	high := low + len(words)
	grown := make([]uint64, max(to, high)-from, max(to, high)-from+2)
	copy(grown[low-from:], words)
	if len(words) > 0 {
		sign := uint64(int64(words[len(words)-1]) >> 63)
		for i := high - from; i < len(grown); i++ {
			grown[i] = sign
		}
	}
	e.wide, e.low = grown, from
}

// words returns the words and the index of the first.
func (e *Exact) words() ([]uint64, int) {
	if e.wide == nil {
		return e.near[:], nearLow
	}
	return e.wide, e.low
}

// trim cuts words at both ends that say nothing: zeros below, copies of the sign above.
func trim(words []uint64, low int) ([]uint64, int) {
	for len(words) > 0 && words[0] == 0 {
		words = words[1:]
		low++
	}
	for n := len(words); n > 1 && words[n-1] == uint64(int64(words[n-2])>>63); n-- {
		words = words[:n-1]
	}
	return words, low
}

// IsZero reports whether the sum is 0 and holds no infinity.
func (e *Exact) IsZero() bool {
	if e.infinity|e.minusInfinity != 0 {
		return false
	}
	words, _ := e.words()
	for _, w := range words {
		if w != 0 {
			return false
		}
	}
	return true
}

// Clone returns a copy that shares nothing with e.
func (e *Exact) Clone() Exact {
	c := *e
	if e.wide != nil {
		c.wide = append(make([]uint64, 0, len(e.wide)+2), e.wide...)
	}
	return c
}

// Float returns the float64 nearest to the sum, ties to even; ±Inf where the sum is beyond the largest float64 or holds
// infinities of one sign, NaN where of both. A zero sum is +0.
func (e *Exact) Float() float64 {
	switch {
	case e.infinity != 0 && e.minusInfinity != 0:
		return math.NaN()
	case e.infinity != 0:
		return math.Inf(1)
	case e.minusInfinity != 0:
		return math.Inf(-1)
	}
	words, low := trim(e.words())
	if len(words) == 0 {
		return 0
	}
	negative := int64(words[len(words)-1]) < 0
	if negative {
		words = negated(words)
	}
	for words[len(words)-1] == 0 {
		words = words[:len(words)-1]
	}
	n := len(words)
	// top is the place of the leading bit, last that of the last bit that the float64 keeps.
	top := 64*(low+n) - 1 - bits.LeadingZeros64(words[n-1])
	last := max(top-52, exactLowest)
	m := bitsFrom(words, last-64*low)
	if half := last - 1 - 64*low; half >= 0 && words[half>>6]>>(half&63)&1 != 0 && (m&1 != 0 || anyBelow(words, half)) {
		m++
	}
	// The leading bit of m adds 1 to the exponent field; a subnormal has none, and a carry out of m is right too.
	b := uint64(last-exactLowest)<<52 + m
	if b > 0x7ff<<52 {
		b = 0x7ff << 52
	}
	if negative {
		b |= 1 << 63
	}
	return math.Float64frombits(b)
}

// negated returns the two's complement of words.
func negated(words []uint64) []uint64 {
	out := make([]uint64, len(words))
	borrow := uint64(0)
	for i, w := range words {
		out[i], borrow = bits.Sub64(0, w, borrow)
	}
	return out
}

// bitsFrom returns the 64 bits of words from bit place on; beyond either end they are zero.
func bitsFrom(words []uint64, place int) uint64 {
	word := func(i int) uint64 {
		if i < 0 || i >= len(words) {
			return 0
		}
		return words[i]
	}
	i, shift := place>>6, uint(place&63)
	return word(i)>>shift | word(i+1)<<(64-shift)
}

// anyBelow reports whether a bit below place is set.
func anyBelow(words []uint64, place int) bool {
	for _, w := range words[:place>>6] {
		if w != 0 {
			return true
		}
	}
	return words[place>>6]&(1<<(place&63)-1) != 0
}

// Integer returns the sum if it is an integer that fits, and whether it does.
func (e *Exact) Integer() (int64, bool) {
	if e.infinity|e.minusInfinity != 0 {
		return 0, false
	}
	words, low := trim(e.words())
	switch {
	case len(words) == 0:
		return 0, true
	case len(words) == 1 && low == integerWord:
		return int64(words[0]), true
	}
	return 0, false
}
