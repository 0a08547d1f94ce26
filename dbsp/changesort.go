package dbsp

import (
	"cmp"
	"slices"
)

// changeSorter sorts changes by key and element, and adds up equal ones. It is a most-significant-first radix sort whose
// digits are words of several bytes, as in Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching Strings"
// (1997): within a digit machine words are compared or distributed, and a text is touched once per digit that it takes to
// tell it from others, instead of once per comparison.
type changeSorter struct {
	text  *arena
	spare []change
}

const (
	sortSmall = 12  // up to here insertion sort with whole comparisons
	sortRadix = 400 // from here distribution beats comparison
)

// consolidateChanges sorts changes, sums the weights of equal ones and leaves zeros out. The result is a part of changes.
func consolidateChanges(text *arena, changes []change) []change {
	s := changeSorter{text: text}
	if len(changes) >= sortRadix {
		s.spare = make([]change, len(changes))
	}
	s.sort(changes, 0)
	return slices.DeleteFunc(changes, func(c change) bool { return c.weight == 0 })
}

// sort sorts changes that agree in their first symbols. Of equal changes all but one get weight 0. Words are those of the
// first symbols before and after.
func (s *changeSorter) sort(changes []change, symbols int) {
	if len(changes) <= sortSmall {
		s.sortFew(changes)
		return
	}
	first := changes[0].word
	if symbols > 0 {
		for i := range changes {
			c := &changes[i]
			c.word = changeWord(s.text.keyOf(c), s.text.elementOf(c), symbols)
		}
	}
	s.sortWords(changes)
	for runs := changes; len(runs) > 0; {
		n := 1
		for n < len(runs) && runs[n].word == runs[0].word {
			n++
		}
		if run := runs[:n]; n > 1 {
			if run[0].endsBy(symbols + wordSymbols) {
				sum(run)
			} else {
				s.sort(run, symbols+wordSymbols)
			}
		}
		runs = runs[n:]
	}
	if symbols > 0 {
		for i := range changes {
			changes[i].word = first
		}
	}
}

// sortFew is sort by insertion.
func (s *changeSorter) sortFew(changes []change) {
	for i := 1; i < len(changes); {
		x := changes[i]
		j, r := i, 1
		for j > 0 {
			if r = s.text.compareChanges(&changes[j-1], &x); r <= 0 {
				break
			}
			j--
		}
		if r == 0 {
			// x leaves, and the last change takes its turn.
			changes[j-1].weight += x.weight
			last := len(changes) - 1
			changes[i], changes[last] = changes[last], x
			changes[last].weight = 0
			changes = changes[:last]
			continue
		}
		copy(changes[j+1:i+1], changes[j:i])
		changes[j] = x
		i++
	}
}

// sum gives the first of equal changes the weights of all.
func sum(equal []change) {
	for i := range equal[1:] {
		equal[0].weight += equal[i+1].weight
		equal[i+1].weight = 0
	}
}

// sortWords sorts changes by word.
func (s *changeSorter) sortWords(changes []change) {
	if len(changes) < sortRadix {
		slices.SortFunc(changes, func(c, d change) int { return cmp.Compare(c.word, d.word) })
		return
	}
	var counts [8][256]uint32
	for i := range changes {
		w := changes[i].word
		for d := range 8 {
			counts[d][byte(w>>(8*d))]++
		}
	}
	from, to := changes, s.spare[:len(changes)]
	for d := range 8 {
		count := &counts[d]
		if count[byte(from[0].word>>(8*d))] == uint32(len(changes)) {
			continue
		}
		var next uint32
		for i, n := range count {
			count[i] = next
			next += n
		}
		for i := range from {
			at := &count[byte(from[i].word>>(8*d))]
			to[*at] = from[i]
			*at++
		}
		from, to = to, from
	}
	if &from[0] != &changes[0] {
		copy(changes, from)
	}
}
