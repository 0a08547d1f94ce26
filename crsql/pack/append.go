// Package pack is the wire form of a primary key in cr-sqlite: a count, and for each value a tag and its bytes. The
// value of a key column on the wire is such a package, so peers of both kinds compare keys by what they unpack to.
//
//	byte 0          number of values
//	then per value  tag = n<<3 | type, followed by
//	  type 1 INTEGER  n bytes, big-endian: the fewest that hold it unsigned; 8 for every negative number
//	  type 2 FLOAT    n = 0, 8 bytes IEEE 754, big-endian
//	  type 3 TEXT     n bytes of length, big-endian and fewest, then the text in UTF-8
//	  type 4 BLOB     as TEXT
//	  type 5 NULL     n = 0, nothing
package pack

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// The types in the low three bits of a tag.
const (
	typeInteger = 1
	typeFloat   = 2
	typeText    = 3
	typeBlob    = 4
	typeNull    = 5
)

const (
	typeBits = 3
	typeMask = 1<<typeBits - 1

	maxValues = math.MaxUint8
	maxWidth  = 8 // bytes of an integer
	maxLength = 4 // bytes of a length
)

// Append appends the package of values to dst. It fails for more than 255 values, and for text or blobs whose length
// takes more than four bytes; dst is then returned as it was.
func Append(dst []byte, values ...dbsp.Value) ([]byte, error) {
	if len(values) > maxValues {
		return dst, ErrTooMany
	}
	start := len(dst)
	dst = append(dst, byte(len(values)))
	for _, v := range values {
		switch v.Kind() {
		case dbsp.Integer:
			dst = appendUint(dst, typeInteger, uint64(v.Int()))
		case dbsp.Real:
			dst = append(dst, typeFloat)
			dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(v.Real()))
		case dbsp.Text, dbsp.Blob:
			s := v.Str()
			if uint64(len(s)) > math.MaxUint32 {
				return dst[:start], ErrTooLong
			}
			tag := byte(typeText)
			if v.Kind() == dbsp.Blob {
				tag = typeBlob
			}
			dst = append(appendUint(dst, tag, uint64(len(s))), s...)
		default:
			dst = append(dst, typeNull)
		}
	}
	return dst, nil
}

// appendUint appends the tag of a type with u's width, and u in that many bytes.
func appendUint(dst []byte, tag byte, u uint64) []byte {
	n := (bits.Len64(u) + 7) / 8
	dst = append(dst, byte(n)<<typeBits|tag)
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, byte(u>>(8*i)))
	}
	return dst
}
