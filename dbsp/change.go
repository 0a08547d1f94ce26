package dbsp

import (
	"cmp"
	"strings"
)

// change is a change of an arrangement: weight is added to an element under a key. The bytes of the key and the element
// lie in an arena, one after the other. It holds no pointer, so that the garbage collector passes over lists of it.
type change struct {
	word         uint64 // changeWord of the first symbols
	at           place
	key, element uint32 // lengths
	weight       int64
}

// wordSymbols is how many symbols a changeWord holds, of symbolBits each.
const (
	wordSymbols = 7
	symbolBits  = 9
)

// changeWord returns wordSymbols symbols of an element under a key, from the given one on, as a number that orders like
// them. The symbols are those of the key, an end, those of the element and an end, where a byte's symbol is 1 more than
// it and an end's is 0: so changes order by key and then by element just as their symbols do.
func changeWord(key, element string, from int) uint64 {
	var w uint64
	left := wordSymbols
	skip := from - len(key) - 1
	if skip < 0 {
		skip = 0
		key = key[from:]
		if len(key) >= wordSymbols {
			return packSymbols(0, key[:wordSymbols])
		}
		w = packSymbols(0, key) << symbolBits
		left -= len(key) + 1
	}
	element = element[skip:]
	if len(element) >= left {
		return packSymbols(w, element[:left])
	}
	return packSymbols(w, element) << (symbolBits * (left - len(element)))
}

func packSymbols(w uint64, s string) uint64 {
	for i := range len(s) {
		w = w<<symbolBits | (uint64(s[i]) + 1)
	}
	return w
}

// endsBy reports whether c has no more than n symbols.
func (c *change) endsBy(n int) bool { return int(c.key)+int(c.element)+2 <= n }

// newChange stores a key and an element and returns their change.
func (a *arena) newChange(key, element string, weight int64) change {
	return change{
		word:    changeWord(key, element, 0),
		at:      a.put(key, element),
		key:     uint32(len(key)),
		element: uint32(len(element)),
		weight:  weight,
	}
}

// keyOf returns the key of c.
func (a *arena) keyOf(c *change) string { return a.text(c.at)[:c.key] }

// elementOf returns the element of c.
func (a *arena) elementOf(c *change) string { return a.text(c.at)[c.key:][:c.element] }

// compare orders c and an element under a key, of which word holds the first symbols.
func (a *arena) compare(c *change, word uint64, key, element string) int {
	if c.word != word {
		return cmp.Compare(c.word, word)
	}
	if c.endsBy(wordSymbols) {
		return 0
	}
	text := a.text(c.at)
	if r := strings.Compare(text[:c.key], key); r != 0 {
		return r
	}
	return strings.Compare(text[c.key:c.key+c.element], element)
}

// compareChanges orders two changes by key and element.
func (a *arena) compareChanges(c, d *change) int {
	if c.word != d.word {
		return cmp.Compare(c.word, d.word)
	}
	return a.compare(c, d.word, a.keyOf(d), a.elementOf(d))
}
