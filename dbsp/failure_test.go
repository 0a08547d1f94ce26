package dbsp

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFailuresComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := OpID(rapid.Int32().Draw(t, "op"))
		row := genRow().Draw(t, "row")
		message := genText().Draw(t, "message")
		gotOp, gotRow, gotMessage, err := DecodeFailure(failureElement(op, row, message))
		require.NoError(t, err)
		require.Equal(t, op, gotOp)
		require.Equal(t, append(Row{}, row...), append(Row{}, gotRow...))
		require.Equal(t, message, gotMessage)
	})
}

// Whatever the order in which rows fail, the same message is shown: the least of the first operator.
func TestTheFirstFailureIsStable(t *testing.T) {
	store := NewMemoryStore()
	step := &Step{Store: store}
	add := func(op OpID, row Row, message string, weight int64) {
		require.NoError(t, step.Fail(op, row, message, weight))
	}
	first := func() string {
		shown := "none"
		err := store.Elements(FailureOp, "", "", func(element string, _ int64) bool {
			_, _, message, err := DecodeFailure(element)
			require.NoError(t, err)
			shown = message
			return false
		})
		require.NoError(t, err)
		return shown
	}
	require.Equal(t, "none", first())
	add(300, Row{NewInteger(1)}, "a", 1)
	require.Equal(t, "a", first())
	add(2, Row{NewInteger(9)}, "malformed JSON", 1)
	require.Equal(t, "malformed JSON", first())
	add(2, Row{NewInteger(1)}, "malformed JSON\x00", 1)
	require.Equal(t, "malformed JSON", first())
	add(2, Row{NewText("x")}, "integer overflow", 1)
	require.Equal(t, "integer overflow", first())
	add(2, Row{NewText("x")}, "integer overflow", -1)
	require.Equal(t, "malformed JSON", first())
	add(-1, nil, "z", 1)
	require.Equal(t, "z", first())

	ops := []OpID{math.MinInt32, -1, 0, 1, math.MaxInt32}
	var elements []string
	for _, op := range ops {
		elements = append(elements, failureElement(op, nil, "m"))
	}
	require.True(t, slices.IsSorted(elements))
}

func TestDamagedFailures(t *testing.T) {
	for _, s := range []string{
		"", "\x80\x00\x00\x01", "\x80\x00\x00\x010", "\x80\x00\x00\x018\x00", "\x80\x00\x00\x010a", "\x80\x00\x00\x010\x01\x03\x00",
		"\x80\x00\x00\x010a\x01\x00" + strings.Repeat("\x00", 8), "\x80\x00\x00\x010a\x00\x14",
	} {
		_, _, _, err := DecodeFailure(s)
		require.ErrorIs(t, err, ErrCorrupt, "%x", s)
	}
}

func FuzzDecodeFailure(f *testing.F) {
	fuzzSeeds(f, func(r Row) string { return failureElement(7, r, "malformed JSON\x00\x01") })
	f.Fuzz(func(t *testing.T, s string) {
		op, row, message, err := DecodeFailure(s)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Equal(t, s, failureElement(op, row, message), "there is one form only")
	})
}
