package dbsp

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// nothing is a Writer that takes no time, and an empty Base.
type nothing struct{}

func (nothing) Put(OpID, string, []byte) error                                { return nil }
func (nothing) Add(OpID, string, string, int64) error                         { return nil }
func (nothing) Get(OpID, string) ([]byte, error)                              { return nil, nil }
func (nothing) Elements(OpID, string, string, func(string, int64) bool) error { return nil }

func BenchmarkOverlay(b *testing.B) {
	const n = 1 << 20
	type pair struct{ key, element string }
	shapes := []struct {
		name string
		make func(i, j int) pair
	}{
		{"joined", func(i, j int) pair {
			row := AppendRow(nil, Row{NewInteger(int64(i)), NewInteger(int64(j)), NewText("some text")})
			return pair{string(AppendKey(nil, NewInteger(int64(j)), Binary)), string(row)}
		}},
		{"grouped", func(i, j int) pair {
			return pair{string(AppendKey(nil, NewInteger(int64(j%1000)), Binary)), string(AppendKey(nil, NewReal(float64(j)/100), Binary))}
		}},
		{"global", func(i, j int) pair {
			return pair{"", string(AppendKey(nil, NewText(fmt.Sprintf("customer#%09d", j)), Binary))}
		}},
	}
	for _, shape := range shapes {
		b.Run(shape.name, func(b *testing.B) {
			pairs := make([]pair, n)
			for i, j := range rand.New(rand.NewPCG(1, 1)).Perm(n) {
				pairs[i] = shape.make(i, j)
			}
			for _, size := range []int{100, 100_000, n} {
				b.Run(fmt.Sprintf("load%d", size), func(b *testing.B) {
					b.ReportAllocs()
					for done := 0; done < b.N; {
						o := NewOverlay(nothing{})
						for _, p := range pairs[:size] {
							_ = o.Add(1, p.key, p.element, 1)
						}
						_ = o.Flush(nothing{})
						done += size
					}
				})
			}
			for _, chunk := range []int{1, 10_000} {
				b.Run(fmt.Sprintf("addThenRead%d", chunk), func(b *testing.B) {
					b.ReportAllocs()
					var o *Overlay
					sum := int64(0)
					for done := 0; done < b.N; done += chunk {
						if done%n < chunk {
							o = NewOverlay(nothing{})
						}
						part := pairs[done%n:]
						part = part[:min(chunk, len(part))]
						for _, p := range part {
							_ = o.Add(1, p.key, p.element, 1)
						}
						for _, p := range part {
							_ = o.Elements(1, p.key, "", func(_ string, w int64) bool { sum += w; return false })
						}
					}
				})
			}
		})
	}
	b.Run("accumulators", func(b *testing.B) {
		keys := make([]string, n)
		for i, j := range rand.New(rand.NewPCG(1, 1)).Perm(n) {
			keys[i] = string(AppendKey(nil, NewInteger(int64(j)), Binary))
		}
		for _, size := range []int{1000, n} {
			b.Run(fmt.Sprint(size), func(b *testing.B) {
				b.ReportAllocs()
				for done := 0; done < b.N; {
					o := NewOverlay(nothing{})
					for _, k := range keys[:size] {
						_, _ = o.Get(1, k)
						_ = o.Put(1, k, []byte(k))
					}
					_ = o.Flush(nothing{})
					done += size
				}
			})
		}
	})
}
