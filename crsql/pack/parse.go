package pack

import (
	"math"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Parse returns the values of a package, with bytes of their own. Its errors wrap ErrMalformed: an empty package, a value
// that is cut off, an integer of more than 8 bytes, a length of more than 4, an unknown type, a NULL or FLOAT with a
// width, a FLOAT that is no number, and bytes behind the last value. Integers and lengths that are wider than they need
// be are taken: keys are compared by their values, not by these bytes.
func Parse(b []byte) ([]dbsp.Value, error) {
	return AppendParsed(nil, string(b))
}

// AppendParsed appends the values of a package to dst; texts and blobs share the bytes of s. Its errors are those of
// Parse, and dst is then returned as it was. It allocates only what dst lacks.
func AppendParsed(dst []dbsp.Value, s string) ([]dbsp.Value, error) {
	if s == "" {
		return dst, malformed(0, "no count")
	}
	start, count := len(dst), int(s[0])
	if count > len(s)-1 { // each value has a tag: nothing is allocated for values that can't be there
		return dst, malformed(len(s), "fewer values than the count says")
	}
	if need := start + count; cap(dst) < need {
		dst = append(make([]dbsp.Value, 0, need), dst...)
	}
	at := 1
	for range count {
		v, next, problem := value(s, at)
		if problem != "" {
			return dst[:start], malformed(at, problem)
		}
		dst, at = append(dst, v), next
	}
	if at != len(s) {
		return dst[:start], malformed(at, "bytes behind the last value")
	}
	return dst, nil
}

// value returns the value whose tag is at s[at], and where the next begins.
func value(s string, at int) (v dbsp.Value, next int, problem string) {
	if at >= len(s) {
		return v, at, "fewer values than the count says"
	}
	tag := s[at]
	at++
	n := int(tag >> typeBits)
	switch tag & typeMask {
	case typeInteger:
		if n > maxWidth {
			return v, at, "an integer of more than 8 bytes"
		}
		if n > len(s)-at {
			return v, at, "an integer that is cut off"
		}
		return dbsp.NewInteger(int64(unsigned(s[at : at+n]))), at + n, ""
	case typeFloat:
		if n != 0 {
			return v, at, "a float with a width"
		}
		if len(s)-at < 8 {
			return v, at, "a float that is cut off"
		}
		f := math.Float64frombits(unsigned(s[at : at+8]))
		if f != f {
			return v, at, "a float that is no number"
		}
		return dbsp.NewReal(f), at + 8, ""
	case typeText, typeBlob:
		if n > maxLength {
			return v, at, "a length of more than 4 bytes"
		}
		if n > len(s)-at {
			return v, at, "a length that is cut off"
		}
		length := unsigned(s[at : at+n])
		at += n
		if length > uint64(len(s)-at) {
			return v, at, "a text or blob that is cut off"
		}
		next = at + int(length)
		if tag&typeMask == typeText {
			return dbsp.NewText(s[at:next]), next, ""
		}
		return dbsp.NewBlob(s[at:next]), next, ""
	case typeNull:
		if n != 0 {
			return v, at, "a null with a width"
		}
		return v, at, ""
	}
	return v, at, "an unknown type"
}

// unsigned returns the big-endian number in s, which is extended with zeros: 0xc8 is 200.
func unsigned(s string) uint64 {
	var u uint64
	for i := range len(s) {
		u = u<<8 | uint64(s[i])
	}
	return u
}
