package crsql

import (
	"encoding/binary"
	"fmt"
)

// byteReader takes an encoding apart. After the first thing that can't be, all is empty and err says what it was.
type byteReader struct {
	b   []byte
	err error
}

func (r *byteReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("crsql: %w: "+format, append([]any{ErrEncoding}, args...)...)
	}
	r.b = nil
}

// uvarint takes an unsigned number, in as few bytes as it needs.
func (r *byteReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.fail("a number is cut off, too large or too long")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// varint takes a signed number.
func (r *byteReader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// bytes takes n bytes.
func (r *byteReader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail("%d bytes are announced, %d are left", n, len(r.b))
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// counted takes a length and as many bytes.
func (r *byteReader) counted() []byte { return r.bytes(r.uvarint()) }

// byte1 takes a byte.
func (r *byteReader) byte1() byte {
	b := r.bytes(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// header takes the four bytes that begin an encoding, and the length of the rest, which must be there and no more.
func (r *byteReader) header(magic string) {
	if got := r.bytes(uint64(len(magic))); string(got) != magic && r.err == nil {
		r.fail("it begins with %q instead of %q", got, magic)
	}
	if n := r.uvarint(); r.err == nil && n != uint64(len(r.b)) {
		r.fail("%d bytes are announced, %d follow", n, len(r.b))
	}
}

// end fails unless all is read.
func (r *byteReader) end() error {
	if len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	return r.err
}

func appendCounted(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// withHeader puts the header before an encoding.
func withHeader(b []byte, magic string, body []byte) []byte {
	return append(binary.AppendUvarint(append(b, magic...), uint64(len(body))), body...)
}
