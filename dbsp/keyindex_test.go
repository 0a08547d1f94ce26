package dbsp

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestKeyIndexEqualsMap compares with a map, over indexes that were used before.
func TestKeyIndexEqualsMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newKeyIndex()
		numbers, keys := map[string]int32{}, []string{}
		for _, key := range rapid.SliceOf(rapid.StringN(0, 3, -1)).Draw(t, "keys") {
			n, fresh := x.intern([]byte(key))
			want, known := numbers[key]
			if !known {
				want = int32(len(keys))
				numbers[key] = want
				keys = append(keys, key)
			}
			if n != want || fresh == known {
				t.Fatalf("%q is number %d, fresh %v", key, n, fresh)
			}
		}
		x.seal()
		for n, key := range keys {
			if x.key(int32(n)) != key {
				t.Fatalf("key %d is %q instead of %q", n, x.key(int32(n)), key)
			}
		}
		first := ""
		if len(keys) > 0 {
			first = x.key(0)
		}
		x.release()
		y := newKeyIndex()
		y.intern([]byte("something else"))
		if len(keys) > 0 && first != keys[0] {
			t.Fatal("a key changed after release")
		}
		y.release()
	})
}

// TestKeyIndexManyKeys has so many keys that some of their 32-bit hashes are equal.
func TestKeyIndexManyKeys(t *testing.T) {
	x := newKeyIndex()
	const keys = 250_000
	var key []byte
	for range 2 {
		for i := range keys {
			key = binary.BigEndian.AppendUint32(key[:0], uint32(i))
			if n, _ := x.intern(key); n != int32(i) {
				t.Fatalf("key %d is number %d", i, n)
			}
		}
	}
	require.Equal(t, keys, x.len())
	x.release()
}

// TestRowSlabRowsAreSeparate says that a row can be appended to without reaching into the next.
func TestRowSlabRowsAreSeparate(t *testing.T) {
	s := newRowSlab(4)
	a, b := s.take(2), s.take(2)
	_ = append(a, NewInteger(1))
	require.Equal(t, Row{{}, {}}, b)
	require.Len(t, s.take(3*maxSlab), 3*maxSlab)
	require.NotNil(t, s.take(0))
}
