package fractindex_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/crsql/fractindex"
)

// vector is one call measured on the original.
type vector struct {
	a, b, result string
	failed       bool
}

func readVectors(t *testing.T) (vectors []vector) {
	text, err := os.ReadFile("../testdata/vectors/fract_key_between.json")
	require.NoError(t, err)
	var file struct {
		Steps []struct {
			Step   struct{ Exec string }
			Result json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(text, &file))
	key := func(sql string) string {
		if sql == "NULL" {
			return ""
		}
		return strings.Trim(sql, "'")
	}
	for _, s := range file.Steps {
		args := strings.TrimSuffix(strings.TrimPrefix(s.Step.Exec, "SELECT crsql_fract_key_between("), ")")
		a, b, ok := strings.Cut(args, ",")
		require.True(t, ok, args)
		v := vector{a: key(a), b: key(b)}
		var rows [][]string
		if err := json.Unmarshal(s.Result, &rows); err != nil {
			v.failed = true
		} else {
			v.result = key(rows[0][0])
		}
		vectors = append(vectors, v)
	}
	require.Len(t, vectors, 25)
	return vectors
}

func TestBetweenAsTheOriginalDoes(t *testing.T) {
	for _, v := range readVectors(t) {
		got, err := fractindex.Between(v.a, v.b)
		if v.failed {
			require.Error(t, err, "%q %q", v.a, v.b)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, v.result, got, "%q %q", v.a, v.b)
	}
}

func TestErrors(t *testing.T) {
	long := strings.Repeat(" ", 26)
	for _, c := range []struct {
		a, b string
		want error
	}{
		{"a!", "a ", fractindex.ErrOrder},
		{"a ", "a ", fractindex.ErrOrder},   // aborts the original's process
		{"a P", "a P", fractindex.ErrOrder}, // so does this
		{"0", "", fractindex.ErrHead},
		{"", "é", fractindex.ErrHead}, // and this
		{"aé", "", fractindex.ErrDigit},
		{"a\n", "", fractindex.ErrDigit},
		{"a 0\x7f", "", fractindex.ErrDigit},
		{"a", "", fractindex.ErrShort},
		{"z" + long[1:], "", fractindex.ErrShort},
		{"", "a0 ", fractindex.ErrTrailingSpace},
		{"", "A" + long, fractindex.ErrTooSmall},
		{"A" + long, "", fractindex.ErrTooSmall},
	} {
		_, err := fractindex.Between(c.a, c.b)
		require.ErrorIs(t, err, c.want, "%q %q", c.a, c.b)
	}
	require.ErrorIs(t, fractindex.Validate(""), fractindex.ErrHead)
}

func TestEnds(t *testing.T) {
	low, high := "A"+strings.Repeat(" ", 25)+"!", "z"+strings.Repeat("~", 26)
	a, err := fractindex.Between("", low)
	require.NoError(t, err)
	z, err := fractindex.Between(high, "")
	require.NoError(t, err)
	for range 500 {
		require.NoError(t, fractindex.Validate(a))
		require.NoError(t, fractindex.Validate(z))
		b, err := fractindex.Between("", a)
		require.NoError(t, err)
		require.Less(t, b, a)
		y, err := fractindex.Between(z, "")
		require.NoError(t, err)
		require.Greater(t, y, z)
		a, z = b, y
	}
	// At the ends each key costs a sixth of a digit or so.
	require.Less(t, len(a), 130)
	require.Less(t, len(z), 130)
}

// A list built by appending has short keys: integers, one after the other.
func TestAppended(t *testing.T) {
	last := ""
	for range 20_000 {
		next, err := fractindex.Between(last, "")
		require.NoError(t, err)
		require.Greater(t, next, last)
		last = next
	}
	require.Len(t, last, 4)
	next := last
	for range 40_000 {
		previous, err := fractindex.Between("", next)
		require.NoError(t, err)
		require.Less(t, previous, next)
		next = previous
	}
	require.Len(t, next, 4)
}

// Rows put at random places stay in their order.
func TestPlaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var keys []string
		for range rapid.IntRange(1, 200).Draw(t, "rows") {
			at := rapid.IntRange(0, len(keys)).Draw(t, "at")
			before, behind := "", ""
			if at > 0 {
				before = keys[at-1]
			}
			if at < len(keys) {
				behind = keys[at]
			}
			key, err := fractindex.Between(before, behind)
			require.NoError(t, err)
			require.NoError(t, fractindex.Validate(key))
			keys = slices.Insert(keys, at, key)
		}
		require.True(t, slices.IsSorted(keys))
		require.Len(t, slices.Compact(slices.Clone(keys)), len(keys))
	})
}

// FuzzBetween takes any two texts: an error, or a key that Between takes and that lies between them.
func FuzzBetween(f *testing.F) {
	for _, pair := range [][2]string{{"", ""}, {"a ", "a!"}, {"a ", "a "}, {"", "A" + strings.Repeat(" ", 25) + "!"}, {"z" + strings.Repeat("~", 26), ""},
		{"a0~~~", "a1"}, {"a0", "a0  !"}, {"Z~", "a é"}, {"a0!", "a0!!"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		key, err := fractindex.Between(a, b)
		if err != nil {
			require.Empty(t, key)
			return
		}
		require.NoError(t, fractindex.Validate(key))
		if a != "" {
			require.Greater(t, key, a)
		}
		if b != "" {
			require.Less(t, key, b)
		}
		again, err := fractindex.Between(a, b)
		require.NoError(t, err)
		require.Equal(t, key, again)
	})
}
