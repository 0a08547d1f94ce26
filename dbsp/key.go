package dbsp

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
)

// The key encoding, version 1. Two encodings are equal exactly when SQLite finds the values equal in GROUP BY, their
// byte order is SQLite's ORDER BY, and none is a proper prefix of another, so encodings can be joined to composite
// keys. https://www.sqlite.org/datatype3.html sections 4.2 and 7 give the rules. A tag byte comes first:
//
//	05        NULL
//	10        a real <= -2^64: the 8 bytes of its absolute value, big-endian, complemented
//	11 .. 19  other negative numbers; the integer part of the absolute value takes 19h-tag bytes
//	1a .. 22  other numbers; the integer part takes tag-1ah bytes
//	23        a real >= 2^64: its 8 bytes, big-endian
//	30        text
//	38        blob
//
// Integers and reals share one form, because they compare by their exact value: the integer part, big-endian in as few
// bytes as hold it, then 00 or the fraction's float64 bits + 2^56, 8 bytes big-endian, so that their first byte is never
// 00. All bytes after the tag of a negative number are complemented. Text and blob bytes stand for themselves, but 00 is
// 01 01 and 01 is 01 02, and 00 ends the value. NOCASE text ends at its first NUL with 01 00 and the length of the whole
// text, 8 bytes big-endian: SQLite compares no further than to a NUL that both texts have, and then the lengths.
const (
	keyNull         = 0x05
	keyNegativeHuge = 0x10
	keyNegative     = 0x19
	keyPositive     = 0x1a
	keyHuge         = 0x23
	keyText         = 0x30
	keyBlob         = 0x38

	keyEnd    = 0x00 // ends a text or blob
	keyEscape = 0x01 // makes the next byte mean:
	keyCut    = 0x00 // the text's first NUL; its length follows
	keyZero   = 0x01 // 00
	keyOne    = 0x02 // 01

	// keyFraction is added to a fraction's bits.
	keyFraction = 1 << 56
)

// AppendKey appends the key encoding of v to dst: equal exactly when SQLite's comparison under collation c (which only
// text heeds) finds the values equal, NULL being equal to NULL, and in byte order where SQLite sorts one before the
// other. Under Identity it is the identity encoding.
func AppendKey(dst []byte, v Value, c Collation) []byte {
	if c == Identity {
		return AppendIdentity(dst, v)
	}
	switch v.kind {
	case Integer:
		i := v.Int()
		if i < 0 {
			return appendKeyNumber(dst, true, -uint64(i), 0)
		}
		return appendKeyNumber(dst, false, uint64(i), 0)
	case Real:
		return appendKeyReal(dst, v.Real())
	case Text:
		dst = append(dst, keyText)
		switch c {
		case NoCase:
			return appendKeyNoCase(dst, v.str)
		case RTrim:
			return appendKeyBytes(dst, strings.TrimRight(v.str, " "))
		}
		return appendKeyBytes(dst, v.str)
	case Blob:
		return appendKeyBytes(append(dst, keyBlob), v.str)
	}
	return append(dst, keyNull)
}

func appendKeyReal(dst []byte, f float64) []byte {
	negative := f < 0
	if negative {
		f = -f
	}
	if f >= 1<<64 {
		b := math.Float64bits(f)
		if negative {
			return binary.BigEndian.AppendUint64(append(dst, keyNegativeHuge), ^b)
		}
		return binary.BigEndian.AppendUint64(append(dst, keyHuge), b)
	}
	whole := uint64(f)
	fraction := f - math.Trunc(f)
	if fraction == 0 {
		return appendKeyNumber(dst, negative, whole, 0)
	}
	return appendKeyNumber(dst, negative, whole, math.Float64bits(fraction)+keyFraction)
}

// appendKeyNumber appends a number by the integer part of its absolute value and its encoded fraction, 0 for none.
func appendKeyNumber(dst []byte, negative bool, whole, fraction uint64) []byte {
	var buf [17]byte
	n := (bits.Len64(whole) + 7) / 8
	size := n + 2
	binary.BigEndian.PutUint64(buf[1:], whole<<(64-8*n))
	if fraction != 0 {
		binary.BigEndian.PutUint64(buf[1+n:], fraction)
		size = n + 9
	}
	if negative {
		for i := 1; i < size; i++ {
			buf[i] = ^buf[i]
		}
		buf[0] = byte(keyNegative - n)
	} else {
		buf[0] = byte(keyPositive + n)
	}
	return append(dst, buf[:size]...)
}

// appendKeyBytes appends s, escaped, and its end.
func appendKeyBytes(dst []byte, s string) []byte {
	return append(appendKeyEscaped(dst, s), keyEnd)
}

func appendKeyEscaped(dst []byte, s string) []byte {
	if strings.IndexByte(s, keyEnd) < 0 && strings.IndexByte(s, keyEscape) < 0 {
		return append(dst, s...)
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case keyEnd:
			dst = append(dst, keyEscape, keyZero)
		case keyEscape:
			dst = append(dst, keyEscape, keyOne)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendKeyNoCase(dst []byte, s string) []byte {
	compared, _, cut := strings.Cut(s, "\x00")
	start := len(dst)
	dst = appendKeyEscaped(dst, compared)
	for i, c := range dst[start:] {
		if 'A' <= c && c <= 'Z' {
			dst[start+i] = c | 0x20
		}
	}
	if !cut {
		return append(dst, keyEnd)
	}
	return binary.BigEndian.AppendUint64(append(dst, keyEscape, keyCut), uint64(len(s)))
}

// AppendKeyUpper appends to dst the smallest byte string that is greater than every string with the given prefix, and
// returns nil if there is none (the prefix is empty or all ff).
func AppendKeyUpper(dst []byte, prefix []byte) []byte {
	n := len(prefix)
	for n > 0 && prefix[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return nil
	}
	dst = append(dst, prefix[:n]...)
	dst[len(dst)-1]++
	return dst
}

// DecodeKeyEnd returns the length of the first encoding in b, a composite key made by AppendKey. The error wraps
// ErrCorrupt.
func DecodeKeyEnd(b string) (int, error) {
	if b == "" {
		return 0, corrupt("a key ends too early")
	}
	tag := b[0]
	switch {
	case tag == keyNull:
		return 1, nil
	case tag == keyHuge || tag == keyNegativeHuge:
		return keyLength(b, 9)
	case tag > keyNegativeHuge && tag <= keyNegative:
		return keyNumberEnd(b, int(keyNegative-tag), 0xff)
	case tag >= keyPositive && tag < keyHuge:
		return keyNumberEnd(b, int(tag-keyPositive), 0)
	case tag == keyText || tag == keyBlob:
		return keyBytesEnd(b)
	}
	return 0, corrupt("a key has the unknown tag %#02x", tag)
}

// keyLength returns n, the length that an encoding should have, if b is that long.
func keyLength(b string, n int) (int, error) {
	if len(b) < n {
		return 0, corrupt("a key ends too early")
	}
	return n, nil
}

// keyNumberEnd returns the length of a number whose integer part takes n bytes; none is the byte that stands for no
// fraction.
func keyNumberEnd(b string, n int, none byte) (int, error) {
	if len(b) < n+2 {
		return 0, corrupt("a key ends too early")
	}
	if b[n+1] == none {
		return n + 2, nil
	}
	return keyLength(b, n+9)
}

func keyBytesEnd(b string) (int, error) {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case keyEnd:
			return i + 1, nil
		case keyEscape:
			i++
			if i == len(b) {
				continue
			}
			switch {
			case b[i] == keyZero || b[i] == keyOne:
			case b[i] == keyCut && b[0] == keyText:
				return keyLength(b, i+9)
			default:
				return 0, corrupt("a key has the unknown escape %#02x", b[i])
			}
		}
	}
	return 0, corrupt("a key ends too early")
}
