package dbsp

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The identity encoding, version 1. It keeps exact type and bytes, and has one form per value, so rows are identical
// exactly when their encodings are; a decoder takes no other form. Its byte order means nothing. The first byte tells:
//
//	00        NULL
//	01 .. 08  INTEGER: that many bytes, big-endian two's complement, as few as hold it
//	09 .. 11  REAL: byte-09h bytes, its bits big-endian, without trailing zero bytes
//	12        TEXT: a uvarint length, then the bytes
//	13        BLOB: a uvarint length, then the bytes
//	20 .. 5f  INTEGER 0 to 63
//	60 .. bf  TEXT of 0 to 95 bytes, which follow
//	c0 .. ff  BLOB of 0 to 63 bytes, which follow
//
// A row is the encodings of its values, joined; their number is not stored.
const (
	identityNull       = 0x00
	identityInteger    = 0x00 // + bytes, at least one
	identityReal       = 0x09 // + bytes
	identityText       = 0x12
	identityBlob       = 0x13
	identitySmall      = 0x20 // + value
	identityShortText  = 0x60 // + length
	identityShortBlob  = 0xc0 // + length
	identitySmallLimit = identityShortText - identitySmall
	identityTextLimit  = identityShortBlob - identityShortText
	identityBlobLimit  = 0x100 - identityShortBlob
)

// AppendIdentity appends the identity encoding of v to dst: exact type and bytes, and where it ends.
func AppendIdentity(dst []byte, v Value) []byte {
	switch v.kind {
	case Integer:
		i := v.Int()
		if 0 <= i && i < identitySmallLimit {
			return append(dst, identitySmall+byte(i))
		}
		n := integerBytes(i)
		return appendTop(append(dst, identityInteger+byte(n)), uint64(i)<<(64-8*n), n)
	case Real:
		n := realBytes(v.num)
		return appendTop(append(dst, identityReal+byte(n)), v.num, n)
	case Text:
		n := len(v.str)
		if n < identityTextLimit {
			return append(append(dst, identityShortText+byte(n)), v.str...)
		}
		return append(binary.AppendUvarint(append(dst, identityText), uint64(n)), v.str...)
	case Blob:
		n := len(v.str)
		if n < identityBlobLimit {
			return append(append(dst, identityShortBlob+byte(n)), v.str...)
		}
		return append(binary.AppendUvarint(append(dst, identityBlob), uint64(n)), v.str...)
	}
	return append(dst, identityNull)
}

// integerBytes returns how many bytes hold i in two's complement.
func integerBytes(i int64) int { return (bits.Len64(uint64(i^i>>63)) + 8) / 8 }

// realBytes returns how many bytes are left of a REAL's bits without the trailing zero bytes.
func realBytes(b uint64) int { return 8 - bits.TrailingZeros64(b)/8 }

// appendTop appends the n most significant bytes of u.
func appendTop(dst []byte, u uint64, n int) []byte {
	return binary.BigEndian.AppendUint64(dst, u)[:len(dst)+n]
}

// AppendRow appends the identity encoding of r to dst.
func AppendRow(dst []byte, r Row) []byte {
	for _, v := range r {
		dst = AppendIdentity(dst, v)
	}
	return dst
}

// DecodeIdentity returns the value that s begins with, and the rest of s. Text and blob share the bytes of s. The error
// wraps ErrCorrupt.
func DecodeIdentity(s string) (v Value, rest string, err error) {
	if s == "" {
		return Value{}, "", corrupt("a row ends too early")
	}
	tag, rest := s[0], s[1:]
	switch {
	case tag == identityNull:
		return Value{}, rest, nil
	case tag < identityReal:
		return decodeInteger(rest, int(tag-identityInteger))
	case tag < identityText:
		return decodeReal(rest, int(tag-identityReal))
	case tag == identityText:
		return decodeLong(rest, Text, identityTextLimit)
	case tag == identityBlob:
		return decodeLong(rest, Blob, identityBlobLimit)
	case tag < identitySmall:
		return Value{}, "", corrupt("a row has the unknown tag %#02x", tag)
	case tag < identityShortText:
		return NewInteger(int64(tag - identitySmall)), rest, nil
	case tag < identityShortBlob:
		return decodeBytes(rest, Text, uint64(tag-identityShortText))
	}
	return decodeBytes(rest, Blob, uint64(tag-identityShortBlob))
}

func decodeInteger(s string, n int) (Value, string, error) {
	if len(s) < n {
		return Value{}, "", corrupt("a row ends within an INTEGER")
	}
	i := int64(int8(s[0]))
	for j := 1; j < n; j++ {
		i = i<<8 | int64(s[j])
	}
	if 0 <= i && i < identitySmallLimit || integerBytes(i) != n {
		return Value{}, "", corrupt("an INTEGER takes more bytes than it needs")
	}
	return NewInteger(i), s[n:], nil
}

func decodeReal(s string, n int) (Value, string, error) {
	if len(s) < n {
		return Value{}, "", corrupt("a row ends within a REAL")
	}
	var b uint64
	for j := range n {
		b |= uint64(s[j]) << (56 - 8*j)
	}
	if realBytes(b) != n {
		return Value{}, "", corrupt("a REAL takes more bytes than it needs")
	}
	v := NewReal(math.Float64frombits(b))
	if v.IsNull() {
		return Value{}, "", corrupt("a REAL is not a number")
	}
	return v, s[n:], nil
}

// decodeLong reads the length and bytes of a value of at least limit bytes.
func decodeLong(s string, k Kind, limit uint64) (Value, string, error) {
	n, rest, err := decodeUvarint(s)
	if err != nil {
		return Value{}, "", err
	}
	if n < limit {
		return Value{}, "", corrupt("a short value is stored as a long one")
	}
	return decodeBytes(rest, k, n)
}

func decodeBytes(s string, k Kind, n uint64) (Value, string, error) {
	if uint64(len(s)) < n {
		return Value{}, "", corrupt("a value of %d bytes ends after %d", n, len(s))
	}
	return Value{kind: k, str: s[:n]}, s[n:], nil
}

// decodeUvarint reads the uvarint that s begins with; only the shortest form will do.
func decodeUvarint(s string) (uint64, string, error) {
	var u uint64
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		c := s[i]
		u |= uint64(c&0x7f) << (7 * i)
		if c >= 0x80 {
			continue
		}
		if i > 0 && c == 0 || i == binary.MaxVarintLen64-1 && c > 1 {
			break
		}
		return u, s[i+1:], nil
	}
	return 0, "", corrupt("a length is not a varint")
}

// DecodeRow appends the values of the row that s encodes to into[:0]; all of s has to be used. Text and blob share the
// bytes of s. The error wraps ErrCorrupt.
func DecodeRow(s string, into Row) (Row, error) {
	into = into[:0]
	for s != "" {
		v, rest, err := DecodeIdentity(s)
		if err != nil {
			return nil, err
		}
		into = append(into, v)
		s = rest
	}
	return into, nil
}
