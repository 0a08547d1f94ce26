package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func openMemory(t *testing.T) *database {
	t.Helper()
	db, err := openDatabase(t.Context(), ":memory:", false)
	require.NoError(t, err)
	t.Cleanup(db.close)
	return db
}

// real generates REALs of every size, many of them with few decimal digits.
func real() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) }),
		rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.Int64Range(-1e15, 1e15).Draw(t, "n")) / math.Pow10(rapid.IntRange(0, 18).Draw(t, "digits"))
		}),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 0.1, 0.3, 1.0 / 3, 1e15, 1e16, 123456789012345, 1e-4, 9.9e-5,
			math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}))
}

// TestRealIsSQLitesText compares the text of a REAL with what SQLite says of it.
func TestRealIsSQLitesText(t *testing.T) {
	db := openMemory(t)
	rapid.Check(t, func(rt *rapid.T) {
		f := real().Draw(rt, "f")
		var want string
		require.NoError(rt, db.conn.QueryRowContext(t.Context(), "SELECT CAST(?1 AS TEXT)", f).Scan(&want))
		require.Equal(rt, want, db.real(f))
		if s, ok := shortReal(f); ok {
			require.Equal(rt, want, s)
		}
	})
}

// TestLiteralReadsBack checks that a literal is the same value of the same type.
func TestLiteralReadsBack(t *testing.T) {
	db := openMemory(t)
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.OneOf(
			real().AsAny(),
			rapid.Int64().AsAny(),
			rapid.String().AsAny(),
			rapid.StringOf(rapid.SampledFrom([]rune{'a', '\'', 0, '\r', '\n', '"', 'é', '\\'})).AsAny(),
			rapid.SliceOf(rapid.Byte()).AsAny(),
			rapid.Just[any](nil),
		).Draw(rt, "v")
		var same bool
		var text string
		// The bound value against the literal's.
		require.NoError(rt, db.conn.QueryRowContext(t.Context(),
			"SELECT typeof(?1)=typeof(l) AND ?1 IS l, quote(l) FROM (SELECT "+db.literal(v)+" AS l)", v).Scan(&same, &text))
		require.True(rt, same, "%#v became %s, which is %s", v, db.literal(v), text)
	})
}
