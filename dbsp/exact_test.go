package dbsp

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// exactTwin is the sum by math/big.
type exactTwin struct {
	sum                     big.Rat
	infinity, minusInfinity int64
}

func (x *exactTwin) add(f float64, weight int64) {
	switch {
	case f != f:
		x.infinity += weight
		x.minusInfinity += weight
	case math.IsInf(f, 1):
		x.infinity += weight
	case math.IsInf(f, -1):
		x.minusInfinity += weight
	default:
		x.addRat(new(big.Rat).SetFloat64(f), weight)
	}
}

func (x *exactTwin) addRat(r *big.Rat, weight int64) {
	x.sum.Add(&x.sum, new(big.Rat).Mul(r, new(big.Rat).SetInt64(weight)))
}

func (x *exactTwin) float() float64 {
	switch {
	case x.infinity != 0 && x.minusInfinity != 0:
		return math.NaN()
	case x.infinity != 0:
		return math.Inf(1)
	case x.minusInfinity != 0:
		return math.Inf(-1)
	}
	f, _ := x.sum.Float64()
	return f
}

func (x *exactTwin) integer() (int64, bool) {
	if x.infinity != 0 || x.minusInfinity != 0 || !x.sum.IsInt() || !x.sum.Num().IsInt64() {
		return 0, false
	}
	return x.sum.Num().Int64(), true
}

// requireExact compares e in all its parts with its twin.
func requireExact(t require.TestingT, x *exactTwin, e *Exact) {
	require.Equal(t, math.Float64bits(x.float()), math.Float64bits(e.Float()), "%v is not %v", e.Float(), x.float())
	wantInt, wantOK := x.integer()
	gotInt, gotOK := e.Integer()
	require.Equal(t, wantOK, gotOK)
	require.Equal(t, wantInt, gotInt)
	require.Equal(t, x.sum.Sign() == 0 && x.infinity == 0 && x.minusInfinity == 0, e.IsZero())
}

// genFloat draws float64s of every size, and often such that cancel or nearly tie.
func genFloat() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64(),
		rapid.Map(rapid.Uint64(), math.Float64frombits),
		rapid.Map(rapid.IntRange(-100000, 100000), func(i int) float64 { return float64(i) / 100 }),
		rapid.Map(rapid.IntRange(-1074, 1023), func(i int) float64 { return math.Ldexp(1, i) }),
		rapid.Map(rapid.IntRange(-60, 60), func(i int) float64 { return -math.Ldexp(1, i) }),
		rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), 1, -1, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64,
			-math.SmallestNonzeroFloat64, 0x1p-1022, math.Nextafter(0x1p-1022, 0), 1 << 53, 1<<53 + 2, 0.1,
			math.Inf(1), math.Inf(-1),
		}),
	)
}

func genWeight() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.SampledFrom([]int64{1, -1, 1, -1, 2, 3, math.MaxInt64, math.MinInt64}), rapid.Int64())
}

func TestExactEqualsBigRational(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type term struct {
			f       float64
			i       int64
			integer bool
			weight  int64
		}
		genTerm := rapid.Custom(func(t *rapid.T) term {
			if rapid.Bool().Draw(t, "integer") {
				return term{i: rapid.Int64().Draw(t, "i"), integer: true, weight: genWeight().Draw(t, "weight")}
			}
			return term{f: genFloat().Draw(t, "f"), weight: genWeight().Draw(t, "weight")}
		})
		terms := rapid.SliceOfN(genTerm, 0, 20).Draw(t, "terms")
		// Some terms go again.
		for _, x := range terms {
			if x.weight != math.MinInt64 && rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
				x.weight = -x.weight
				terms = append(terms, x)
			}
		}
		sum := func(terms []term, check bool) *Exact {
			var e Exact
			var twin exactTwin
			for _, x := range terms {
				if x.integer {
					e.AddInteger(x.i, x.weight)
					twin.addRat(new(big.Rat).SetInt64(x.i), x.weight)
				} else {
					e.Add(x.f, x.weight)
					twin.add(x.f, x.weight)
				}
				if check {
					requireExact(t, &twin, &e)
				}
			}
			requireExact(t, &twin, &e)
			return &e
		}
		e := sum(terms, true)
		encoded := string(e.Append(nil))
		shuffled := sum(rapid.Permutation(terms).Draw(t, "shuffled"), false)
		require.Equal(t, encoded, string(shuffled.Append(nil)), "equal sums have equal encodings")

		back, rest, err := DecodeExact(encoded + "rest")
		require.NoError(t, err)
		require.Equal(t, "rest", rest)
		require.Equal(t, math.Float64bits(e.Float()), math.Float64bits(back.Float()))
		require.Equal(t, encoded, string(back.Append(nil)))

		clone := back.Clone()
		for _, x := range terms {
			// In two halves, for the least int64 has no negative.
			for _, w := range []int64{x.weight / 2, x.weight - x.weight/2} {
				if x.integer {
					back.AddInteger(x.i, -w)
				} else {
					back.Add(x.f, -w)
				}
			}
		}
		require.True(t, back.IsZero(), "all terms are gone again")
		require.Equal(t, []byte{0}, back.Append(nil))
		require.Equal(t, encoded, string(clone.Append(nil)), "a clone keeps its sum")
	})
}

// The sum of two numbers is what the processor's addition gives, which rounds to nearest, ties to even.
func TestExactRoundsAsIEEE754(t *testing.T) {
	near := rapid.Custom(func(t *rapid.T) float64 {
		f := math.Ldexp(float64(rapid.Int64Range(1<<53-4, 1<<53).Draw(t, "m")), rapid.IntRange(-1080, 971).Draw(t, "e"))
		return math.Copysign(f, rapid.SampledFrom([]float64{1, -1}).Draw(t, "sign"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.OneOf(near, genFloat()).Draw(t, "a")
		b := rapid.OneOf(
			genFloat(),
			// Halves and quarters of a unit in the last place, where ties are.
			rapid.Map(rapid.IntRange(-64, 64), func(n int) float64 {
				_, e := math.Frexp(a)
				return math.Ldexp(float64(n)/8, max(e-53, -1074))
			}),
		).Draw(t, "b")
		if a-a != 0 || b-b != 0 { // infinite, or not a number
			return
		}
		var e Exact
		e.Add(a, 1)
		e.Add(b, 1)
		require.Equal(t, a+b+0, e.Float(), "%x + %x", a, b)
	})
}

func BenchmarkExactAdd(b *testing.B) {
	prices := make([]float64, 1024)
	for i := range prices {
		prices[i] = float64(i*7919%100000) / 100
	}
	b.Run("prices", func(b *testing.B) {
		var e Exact
		for i := range b.N {
			e.Add(prices[i&1023], 1)
		}
	})
	b.Run("spread", func(b *testing.B) {
		spread := make([]float64, 1024)
		for i := range spread {
			spread[i] = math.Ldexp(prices[i]+1, i%256-128)
			if i%3 == 0 {
				spread[i] = -spread[i]
			}
		}
		var e Exact
		for i := range b.N {
			e.Add(spread[i&1023], 1)
		}
	})
	b.Run("integers", func(b *testing.B) {
		var e Exact
		for i := range b.N {
			e.AddInteger(int64(i), -1)
		}
	})
}

func TestExactForms(t *testing.T) {
	for _, c := range []struct {
		want  string
		terms []float64
	}{
		{"00", nil},
		{"00", []float64{1, -1}},
		{"020001", []float64{1}},
		{"0200ff", []float64{-1}},
		{"04000301", []float64{259}},
		{"020201", []float64{256}},
		{"020180", []float64{-0.5}},
		{"04018000", []float64{0.5}},
		{"028d0240", []float64{math.SmallestNonzeroFloat64}},
		{"010200", []float64{math.Inf(1)}},
		{"0300010202", []float64{1, math.Inf(1), math.Inf(-1)}},
	} {
		var e Exact
		for _, f := range c.terms {
			e.Add(f, 1)
		}
		require.Equal(t, c.want, fmt.Sprintf("%x", e.Append(nil)), "%v: the stored form must not change", c.terms)
	}
}

func TestDamagedSums(t *testing.T) {
	for _, s := range []string{
		"", "\x01", "\x01\x02", "\x01\x00\x00", "\x02", "\x02\x00", "\x02\x00\x00", "\x04\x00\x01\x00", "\x04\x00\xff\xff", "\x04\x00\x00\x01",
		"\x80\x00", "\x82\x80\x80\x80\x80\x80\x80\x80\x80\x02\x00\x01", "\x02\x8d\x02\x20", "\x02\x8f\x02\x40", "\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x40", "\x02\xb0\x02\x40", "\xff",
		"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x01", "\x03\x00\x01\x00",
	} {
		_, _, err := DecodeExact(s)
		require.ErrorIs(t, err, ErrCorrupt, "%x", s)
	}
}

func FuzzDecodeExact(f *testing.F) {
	f.Add("", 1.5, int64(2))
	for _, v := range edgeNumbers() {
		var e Exact
		if v.Kind() == Integer {
			e.AddInteger(v.Int(), math.MinInt64)
		} else {
			e.Add(v.Real(), math.MaxInt64)
		}
		f.Add(string(e.Append(nil)), v.Real(), v.Int())
		e.Add(1e-300, 1)
		f.Add(string(e.Append(nil)), 0.1, int64(-1))
	}
	f.Fuzz(func(t *testing.T, s string, x float64, weight int64) {
		e, rest, err := DecodeExact(s)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Equal(t, s, string(e.Append(nil))+rest, "there is one form only")
		encoded := string(e.Append(nil))
		_, _ = e.Integer()
		before := math.Float64bits(e.Float())
		c := e.Clone()
		e.Add(x, weight)
		e.AddInteger(weight, 3)
		require.Equal(t, before, math.Float64bits(c.Float()))
		for _, w := range []int64{weight / 2, weight - weight/2} {
			e.Add(x, -w)
		}
		e.AddInteger(weight, -3)
		require.Equal(t, encoded, string(e.Append(nil)))
	})
}
