// Package fractindex makes keys that order the rows of a list: between any two there is room for another, so that a row
// is placed or moved by writing one key. It is the fractional indexing of cr-sqlite, which follows David Greenspan,
// "Implementing Fractional Indexing" (https://observablehq.com/@dgreensp/implementing-fractional-indexing), with the 95
// printable characters of ASCII, space to ~, as digits.
//
// A key is an integer and a fraction, and keys are ordered by their bytes. The first character of the integer is a letter
// that gives its length: a to z are 2 to 27 characters, from zero up; Z down to A are 2 to 27 characters, below zero. A
// fraction does not end in a space, its zero: so no two keys stand for one number.
package fractindex

import "strings"

const (
	zero  = ' ' // the least digit
	top   = '~' // the greatest
	base  = top - zero + 1
	first = "a " // the integer 0
)

// smallest is the least integer. It is no key, since nothing would go below it; with a fraction it is.
var smallest = "A" + strings.Repeat(string(rune(zero)), 26)

// Between returns a key above a and below b; "" stands for no bound. Its errors are those of this package: a key that is
// malformed, or an a that is not below b.
func Between(a, b string) (string, error) {
	for _, key := range []string{a, b} {
		if key != "" {
			if err := Validate(key); err != nil {
				return "", err
			}
		}
	}
	switch {
	case a == "" && b == "":
		return first, nil
	case a == "":
		return below(b), nil
	case b == "":
		if next, ok := increment(integer(a)); ok {
			return next, nil
		}
		return integer(a) + above(fraction(a)), nil
	case a >= b:
		return "", ErrOrder
	case integer(a) == integer(b):
		return integer(a) + midpoint(fraction(a), fraction(b)), nil
	}
	if next, ok := increment(integer(a)); ok && next < b {
		return next, nil
	}
	return integer(a) + above(fraction(a)), nil
}

// below returns a key below b: b's integer if that is below b, otherwise the integer before it.
func below(b string) string {
	switch i := integer(b); {
	case i == smallest:
		return i + midpoint("", fraction(b))
	case i < b:
		return i
	default:
		previous := decrement(i)
		if previous == smallest {
			return previous + above("")
		}
		return previous
	}
}

// Validate returns nil for a key that Between takes.
func Validate(key string) error {
	if key == "" {
		return ErrHead
	}
	n, ok := length(key[0])
	if !ok {
		return ErrHead
	}
	for i := range len(key) {
		if key[i] < zero || key[i] > top {
			return ErrDigit
		}
	}
	switch {
	case len(key) < n:
		return ErrShort
	case key == smallest:
		return ErrTooSmall
	case len(key) > n && key[len(key)-1] == zero:
		return ErrTrailingSpace
	}
	return nil
}

// length returns how many characters an integer has whose first is head.
func length(head byte) (n int, ok bool) {
	switch {
	case head >= 'a' && head <= 'z':
		return int(head-'a') + 2, true
	case head >= 'A' && head <= 'Z':
		return int('Z'-head) + 2, true
	}
	return 0, false
}

func integer(key string) string {
	n, _ := length(key[0])
	return key[:n]
}

func fraction(key string) string {
	n, _ := length(key[0])
	return key[n:]
}
