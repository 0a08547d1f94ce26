package dbsp

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The encoding of an Exact, version 1; equal sums have equal encodings. A uvarint header: bit 0 tells that infinities
// follow, the rest is the number n of bytes of the finite part. If n is not 0: a varint, the place of the lowest byte
// relative to that of 1, and n bytes, little-endian two's complement, of which the lowest is not 0 and the highest not a
// mere sign. If bit 0 is set: the varint counts of +Inf and of -Inf.

// exactBytes bounds the finite part: 2^64 terms of the largest float64 and the largest weight stay below it.
const exactBytes = (exactUnit + 1024 + 64 + 64 + 64) / 8

// Append appends the encoding of the sum to dst.
func (e *Exact) Append(dst []byte) []byte {
	var buf [64]byte
	b := buf[:0]
	words, low := trim(e.words())
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	place := 8 * (low - integerWord)
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
		place++
	}
	for n := len(b); n > 1 && b[n-1] == byte(int8(b[n-2])>>7); n-- {
		b = b[:n-1]
	}
	header := uint64(len(b)) << 1
	infinite := e.infinity|e.minusInfinity != 0
	if infinite {
		header |= 1
	}
	dst = binary.AppendUvarint(dst, header)
	if len(b) > 0 {
		dst = append(binary.AppendVarint(dst, int64(place)), b...)
	}
	if infinite {
		dst = binary.AppendVarint(dst, e.infinity)
		dst = binary.AppendVarint(dst, e.minusInfinity)
	}
	return dst
}

// DecodeExact returns the sum that b begins with, and the rest of b. The error wraps ErrCorrupt.
func DecodeExact(b string) (e Exact, rest string, err error) {
	header, rest, err := decodeUvarint(b)
	if err != nil {
		return Exact{}, "", err
	}
	if n := header >> 1; n > 0 {
		if rest, err = e.decodeFinite(rest, n); err != nil {
			return Exact{}, "", err
		}
	}
	if header&1 == 0 {
		return e, rest, nil
	}
	if e.infinity, rest, err = decodeVarint(rest); err != nil {
		return Exact{}, "", err
	}
	if e.minusInfinity, rest, err = decodeVarint(rest); err != nil {
		return Exact{}, "", err
	}
	if e.infinity|e.minusInfinity == 0 {
		return Exact{}, "", corrupt("a sum announces infinities and has none")
	}
	return e, rest, nil
}

// decodeFinite reads the place and the n bytes of the finite part.
func (e *Exact) decodeFinite(s string, n uint64) (string, error) {
	at, s, err := decodeVarint(s)
	if err != nil {
		return "", err
	}
	// In bytes from bit 0.
	at += exactUnit / 8
	if at < 0 || at > exactBytes || n > exactBytes || at+int64(n) > exactBytes {
		return "", corrupt("a sum has %d bytes from place %d", n, at-exactUnit/8)
	}
	if uint64(len(s)) < n {
		return "", corrupt("a sum of %d bytes ends after %d", n, len(s))
	}
	b, rest := s[:n], s[n:]
	if b[0] == 0 || n > 1 && b[n-1] == byte(int8(b[n-2])>>7) || 8*int(at)+bits.TrailingZeros8(b[0]) < exactLowest {
		return "", corrupt("a sum is not in its shortest form")
	}
	first, end := int(at)/8, (int(at)+int(n)+7)/8
	words := e.near[:]
	if first < nearLow || end > nearLow+nearWords {
		e.wide = make([]uint64, end-first, end-first+2)
		e.low = first
		words = e.wide
	} else {
		first = nearLow
	}
	if int8(b[n-1]) < 0 {
		for i := range words {
			words[i] = math.MaxUint64
		}
	}
	place := int(at) - 8*first
	for i := range words[:place/8] {
		words[i] = 0
	}
	words[place/8] &^= 1<<(8*(place%8)) - 1
	for i := range len(b) {
		shift := 8 * ((place + i) % 8)
		w := &words[(place+i)/8]
		*w = *w&^(0xff<<shift) | uint64(b[i])<<shift
	}
	return rest, nil
}

func decodeVarint(s string) (int64, string, error) {
	u, rest, err := decodeUvarint(s)
	return int64(u>>1) ^ -int64(u&1), rest, err
}
