package dbsp

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIdentityForms(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Value{}, "00"},
		{NewInteger(0), "20"},
		{NewInteger(63), "5f"},
		{NewInteger(64), "0140"},
		{NewInteger(-1), "01ff"},
		{NewInteger(-128), "0180"},
		{NewInteger(128), "020080"},
		{NewInteger(math.MinInt64), "088000000000000000"},
		{NewReal(0), "09"},
		{NewReal(math.Copysign(0, -1)), "0a80"},
		{NewReal(1), "0b3ff0"},
		{NewReal(0.1), "113fb999999999999a"},
		{NewReal(math.Inf(-1)), "0bfff0"},
		{NewText(""), "60"},
		{NewText("a\x00"), "626100"},
		{NewBlob(""), "c0"},
		{NewBlob("\xff"), "c1ff"},
		{NewText(strings.Repeat("x", 95)), "bf" + strings.Repeat("78", 95)},
		{NewText(strings.Repeat("x", 96)), "1260" + strings.Repeat("78", 96)},
		{NewBlob(strings.Repeat("x", 63)), "ff" + strings.Repeat("78", 63)},
		{NewBlob(strings.Repeat("x", 200)), "13c801" + strings.Repeat("78", 200)},
	} {
		require.Equal(t, c.want, fmt.Sprintf("%x", AppendIdentity(nil, c.v)), "%v: the stored form must not change", c.v)
	}
}

func genRow() *rapid.Generator[Row] {
	return rapid.Map(rapid.SliceOfN(genValue(), 0, 5), func(v []Value) Row { return v })
}

func TestRowsAreIdenticalWhenTheirEncodingsAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genRow().Draw(t, "a"), genRow().Draw(t, "b")
		if rapid.IntRange(0, 4).Draw(t, "alike") == 0 {
			b = append(b[:0:0], a...)
			for i := range b {
				if rapid.Bool().Draw(t, "changed") {
					b[i] = genValue().Draw(t, "to")
				}
			}
		}
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = a[i] == b[i]
		}
		encoded := string(AppendRow(nil, a))
		require.Equal(t, same, encoded == string(AppendRow(nil, b)))

		buffer := make(Row, 1, 8)
		got, err := DecodeRow(encoded, buffer)
		require.NoError(t, err)
		require.Equal(t, append(Row{}, a...), append(Row{}, got...))
		if len(got) > 0 {
			require.Same(t, &buffer[0], &got[0], "the buffer is used")
			v, rest, err := DecodeIdentity(encoded)
			require.NoError(t, err)
			require.Equal(t, a[0], v)
			require.Equal(t, string(AppendRow(nil, a[1:])), rest)
		}
	})
}

func TestDamagedRows(t *testing.T) {
	for _, s := range []string{
		"\x01", "\x01\x05", "\x02\x00\x7f", "\x02\xff\xff", "\x08\x00\x00\x00\x00\x00\x00\x00\x01", "\x0a", "\x0a\x00", "\x0b\x80\x00",
		"\x0b\x7f\xf8", "\x0c\x7f\xf0\x01", "\x11\x00", "\x12", "\x12\x01x", "\x12\x60x", "\x12\xff", "\x12\xe0\x00" + strings.Repeat("x", 96),
		"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "\x13\x00", "\x14", "\x1f", "\x61",
		"\xc1", "\xff", "\x00\x01",
	} {
		_, err := DecodeRow(s, nil)
		require.ErrorIs(t, err, ErrCorrupt, "%x", s)
	}
	_, _, err := DecodeIdentity("")
	require.ErrorIs(t, err, ErrCorrupt)
}

func fuzzSeeds(f *testing.F, encode func(Row) string) {
	f.Add("")
	row := Row{}
	for _, v := range append(edgeNumbers(), Value{}, NewText("a\x00\x01b"), NewBlob(""), NewText(strings.Repeat("x", 300))) {
		f.Add(encode(Row{v}))
		row = append(row, v)
	}
	f.Add(encode(row))
}

func FuzzDecodeRow(f *testing.F) {
	fuzzSeeds(f, func(r Row) string { return string(AppendRow(nil, r)) })
	f.Fuzz(func(t *testing.T, s string) {
		row, err := DecodeRow(s, nil)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Equal(t, s, string(AppendRow(nil, row)), "there is one form only")
	})
}

func FuzzDecodeIdentity(f *testing.F) {
	fuzzSeeds(f, func(r Row) string { return string(AppendRow(nil, r)) })
	f.Fuzz(func(t *testing.T, s string) {
		v, rest, err := DecodeIdentity(s)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Equal(t, s, string(AppendIdentity(nil, v))+rest, "there is one form only")
	})
}

func BenchmarkRow(b *testing.B) {
	row := Row{NewInteger(123456), NewText("customer#000012345"), NewReal(123.45), NewInteger(7), Value{}, NewText("1996-01-02")}
	encoded := string(AppendRow(nil, row))
	b.Run("append", func(b *testing.B) {
		var buf []byte
		for b.Loop() {
			buf = AppendRow(buf[:0], row)
		}
	})
	b.Run("decode", func(b *testing.B) {
		var into Row
		for b.Loop() {
			into, _ = DecodeRow(encoded, into)
		}
	})
}
