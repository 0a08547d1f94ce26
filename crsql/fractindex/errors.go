package fractindex

import "errors"

// What can be wrong with the keys given to Between.
var (
	// ErrOrder: the lower key is not below the upper one; equal keys have nothing between them.
	ErrOrder = errors.New("fractindex: the first key must be before the second")
	// ErrHead: the first character of a key is no ASCII letter.
	ErrHead = errors.New("fractindex: head of a key is out of range")
	// ErrDigit: a character of a key is not printable ASCII.
	ErrDigit = errors.New("fractindex: a key has a character that is no digit")
	// ErrShort: a key ends within its integer part.
	ErrShort = errors.New("fractindex: integer part of a key is too long")
	// ErrTrailingSpace: the fraction of a key ends in a space, which is its zero.
	ErrTrailingSpace = errors.New("fractindex: fractional part of a key should not end with a space")
	// ErrTooSmall: the key is the smallest integer, which has nothing below it.
	ErrTooSmall = errors.New("fractindex: key is too small")
)
