package pack_test

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/crsql/pack"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// vectors are packages measured on the original.
type vectors struct {
	Pack []struct {
		SQL   []string
		Len   int
		Hex   string
		Error string
	}
	Malformed []struct {
		Hex    string
		Result []string
		Error  string
	}
}

func readVectors(t *testing.T) (v vectors) {
	text, err := os.ReadFile("../testdata/vectors/_pack_columns.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &v))
	require.NotEmpty(t, v.Pack)
	require.NotEmpty(t, v.Malformed)
	return v
}

// literal reads the SQL literals that the vectors are written with; ok is false for an abbreviated one.
func literal(t *testing.T, sql string) (v dbsp.Value, ok bool) {
	switch {
	case sql == "NULL":
		return v, true
	case sql == "9e999":
		return dbsp.NewReal(math.Inf(1)), true
	case strings.HasPrefix(sql, "zeroblob("):
		n, err := strconv.Atoi(strings.TrimSuffix(sql[len("zeroblob("):], ")"))
		require.NoError(t, err)
		return dbsp.NewBlob(strings.Repeat("\x00", n)), true
	case strings.HasPrefix(sql, "x'"):
		b, err := hex.DecodeString(strings.Trim(sql[1:], "'"))
		require.NoError(t, err)
		return dbsp.NewBlob(string(b)), true
	case strings.HasSuffix(sql, "chars)"): // 'aaaa...(129 chars): the quotes count
		dots := strings.LastIndex(sql, "...(")
		n, err := strconv.Atoi(strings.TrimSuffix(sql[dots+len("...("):], " chars)"))
		require.NoError(t, err)
		return dbsp.NewText(strings.Repeat(sql[1:2], n-2)), true
	case strings.HasPrefix(sql, "'"):
		return dbsp.NewText(strings.Trim(sql, "'")), true
	}
	if i, err := strconv.ParseInt(sql, 10, 64); err == nil {
		return dbsp.NewInteger(i), true
	}
	f, err := strconv.ParseFloat(sql, 64)
	require.NoError(t, err, sql)
	return dbsp.NewReal(f), true
}

func TestPackedAsTheOriginalDoes(t *testing.T) {
	for _, c := range readVectors(t).Pack {
		if c.Error != "" {
			continue // a limit of the driver that the vectors were taken with
		}
		var values []dbsp.Value
		for _, sql := range c.SQL {
			if v, ok := literal(t, sql); ok {
				values = append(values, v)
			}
		}
		packed, err := pack.Append(nil, values...)
		require.NoError(t, err)
		got := strings.ToUpper(hex.EncodeToString(packed))
		if abbreviated, ok := strings.CutSuffix(c.Hex, "..."); ok {
			require.Equal(t, abbreviated, got[:len(abbreviated)], c.SQL)
		} else {
			require.Equal(t, c.Hex, got, c.SQL)
		}
		require.Len(t, packed, c.Len, c.SQL)
		parsed, err := pack.Parse(packed)
		require.NoError(t, err)
		require.Equal(t, values, parsed)
	}
}

func TestMalformedVectors(t *testing.T) {
	for _, c := range readVectors(t).Malformed {
		b, err := hex.DecodeString(c.Hex)
		require.NoError(t, err)
		values, err := pack.Parse(b)
		switch {
		case c.Hex == "0119FFFFFFFFFF":
			// The original takes trailing bytes; no encoder writes them.
			require.ErrorIs(t, err, pack.ErrMalformed)
		case c.Error != "":
			require.ErrorIs(t, err, pack.ErrMalformed, c.Hex)
			require.Empty(t, values)
		default:
			require.NoError(t, err, c.Hex)
			require.Len(t, values, len(c.Result))
		}
	}
}

func TestMalformed(t *testing.T) {
	for name, packed := range map[string]string{
		"empty":                    "",
		"integer of 9 bytes":       "0149ffffffffffffffffff",
		"integer of 31 bytes":      "01f9" + strings.Repeat("00", 31),
		"length of 5 bytes":        "012b0000000001aa",
		"blob length of 5 bytes":   "012c0000000001aa",
		"integer cut off":          "011101",
		"float cut off":            "01023ff80000000000",
		"length cut off":           "0113ff",
		"text cut off":             "010b0261",
		"huge length":              "0123ffffffff",
		"type 0":                   "0100",
		"type 6":                   "0106",
		"type 7":                   "0107",
		"null with a width":        "010d",
		"float with a width":       "010a3ff8000000000000",
		"not a number":             "01027ff8000000000000",
		"bytes behind":             "01090100",
		"bytes behind none":        "0001",
		"fewer values":             "020901",
		"fewer values than 255":    "ff0901",
		"last value without a tag": "0209010b0161"[:6],
	} {
		t.Run(name, func(t *testing.T) {
			b, err := hex.DecodeString(packed)
			require.NoError(t, err)
			values, err := pack.Parse(b)
			require.ErrorIs(t, err, pack.ErrMalformed)
			require.Empty(t, values)
		})
	}
}

func TestWiderThanNeeded(t *testing.T) {
	values, err := pack.Parse([]byte("\x03\x11\x00\xc8\x41\x00\x00\x00\x00\x00\x00\x00\xff\x13\x00\x01a"))
	require.NoError(t, err)
	require.Equal(t, []dbsp.Value{dbsp.NewInteger(200), dbsp.NewInteger(255), dbsp.NewText("a")}, values)
}

func TestTooMany(t *testing.T) {
	packed, err := pack.Append(nil, make([]dbsp.Value, 255)...)
	require.NoError(t, err)
	values, err := pack.Parse(packed)
	require.NoError(t, err)
	require.Len(t, values, 255)

	packed, err = pack.Append([]byte("kept"), make([]dbsp.Value, 256)...)
	require.ErrorIs(t, err, pack.ErrTooMany)
	require.Equal(t, "kept", string(packed))
}

func TestParsedIntoRoom(t *testing.T) {
	packed, err := pack.Append(nil, dbsp.NewInteger(200), dbsp.NewText("name"), dbsp.NewBlob("\x00"), dbsp.NewReal(1.5))
	require.NoError(t, err)
	s, room := string(packed), make([]dbsp.Value, 0, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := pack.AppendParsed(room, s); err != nil {
			t.Fatal(err)
		}
	}))
	values, buffer := []dbsp.Value{dbsp.NewInteger(7), dbsp.NewText("x")}, make([]byte, 0, 64)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := pack.Append(buffer, values...); err != nil {
			t.Fatal(err)
		}
	}))

	kept := []dbsp.Value{dbsp.NewInteger(1)}
	both, err := pack.AppendParsed(kept, s)
	require.NoError(t, err)
	require.Len(t, both, 5)
	require.Equal(t, kept[0], both[0])
	again, err := pack.AppendParsed(both[:1], s[:len(s)-1])
	require.ErrorIs(t, err, pack.ErrMalformed)
	require.Equal(t, kept, again)
}

// values draws values of every class, often at the edges of widths.
func values() *rapid.Generator[[]dbsp.Value] {
	integer := rapid.Custom(func(t *rapid.T) dbsp.Value {
		i := int64(1) << rapid.IntRange(0, 63).Draw(t, "bit")
		return dbsp.NewInteger(rapid.SampledFrom([]int64{i, i - 1, -i, -i - 1, rapid.Int64().Draw(t, "i")}).Draw(t, "near"))
	})
	return rapid.SliceOfN(rapid.OneOf(
		rapid.Just(dbsp.Value{}),
		integer,
		rapid.Map(rapid.Float64(), dbsp.NewReal),
		rapid.Map(rapid.String(), dbsp.NewText),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 300), func(b []byte) dbsp.Value { return dbsp.NewBlob(string(b)) }),
	), 0, 20)
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values().Draw(t, "values")
		packed, err := pack.Append(nil, want...)
		require.NoError(t, err)
		got, err := pack.Parse(packed)
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.True(t, want[i] == got[i], "%v is not %v", want[i], got[i])
		}
		cut := rapid.IntRange(0, len(packed)-1).Draw(t, "cut")
		_, err = pack.Parse(packed[:cut])
		require.ErrorIs(t, err, pack.ErrMalformed)
	})
}

// FuzzParse reads any bytes: what is taken must come back from its own package, which is never longer.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "\x00", "\x01\x09\xc8", "\x03\x09\x0c\x0b\x03str\x0c\x03\x01\x02\x03", "\x01\x02\x3f\xf8\x00\x00\x00\x00\x00\x00",
		"\x02\x05\x41\xff\xff\xff\xff\xff\xff\xff\xff", "\x01\x13\x00\x01a", "\x01\x49\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\x05\x05"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		parsed, err := pack.Parse(b)
		if err != nil {
			require.ErrorIs(t, err, pack.ErrMalformed)
			require.Empty(t, parsed)
			return
		}
		packed, err := pack.Append(nil, parsed...)
		require.NoError(t, err)
		require.LessOrEqual(t, len(packed), len(b))
		again, err := pack.Parse(packed)
		require.NoError(t, err)
		require.Equal(t, parsed, again)
	})
}
