package crsql_test

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	mutations    = flag.Int("crsql.mutations", 150, "how many mutated changes are inserted")
	mutationSeed = flag.Uint64("crsql.mutationseed", 1, "seed of mutated changes")
)

// TestMutatedChanges inserts valid changes of which one to four columns are replaced by others' or by what is wrong: like
// FuzzChanges, and many times faster.
func TestMutatedChanges(t *testing.T) {
	f := newChangesFuzz(t)
	r := rand.New(rand.NewPCG(*mutationSeed, 1))
	odd := []any{nil, "", []byte{}, "x", []byte{0}, int64(0), int64(-1), int64(1), int64(math.MaxInt64), int64(math.MinInt64), 1.5, math.Inf(1), "-1", "1",
		int64(2), int64(3), int64(4), strings.Repeat("a", 2048), strings.Repeat("a", 2049), bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{1}, 17), "a\x00b",
		"\xff", "none", "rowid", "TWO", "V", "sqlite_master", "crsql_changes", "events__crsql_seq", "01ARZ3NDEKTSV4RRFFQ69G5FAX"}
	keys := [][]byte{{}, {0}, {1}, {1, 9, 7}, {1, 0x41, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {1, 5}, {1, 3}, {1, 4}, {1, 2, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0},
		{1, 2, 0x40, 0, 0, 0, 0, 0, 0, 0}, {1, 0x49, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {2, 9, 1, 9, 2}, {2, 0xb, 1, 'z', 9, 7}, {2, 5, 5}, {1, 0xb, 1, '7'}, {255}, {1, 0x23, 255, 255, 255, 255},
		{1, 9, 7, 0}, append([]byte{1, 0xb, 26}, "01ARZ3NDEKTSV4RRFFQ69G5FAY"...), append([]byte{1, 0xb, 26}, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"...)}
	n := *mutations
	if testing.Short() {
		n = min(n, 40)
	}
	for range n {
		change := append([]any(nil), f.valid[r.IntN(len(f.valid))]...)
		for range 1 + r.IntN(4) {
			i := r.IntN(len(change))
			switch k := r.IntN(8); {
			case i == 1 && k < 4:
				change[i] = keys[r.IntN(len(keys))]
			case i == 1 && k < 6:
				if b, ok := change[i].([]byte); ok && len(b) > 0 {
					b = bytes.Clone(b)
					b[r.IntN(len(b))] ^= 1 << r.IntN(8)
					change[i] = b[:len(b)-r.IntN(2)]
				}
			case k < 4:
				change[i] = f.valid[r.IntN(len(f.valid))][i]
			case k < 5 && (i == 4 || i == 5 || i >= 7):
				change[i] = int64(r.IntN(6))
			default:
				change[i] = odd[r.IntN(len(odd))]
			}
		}
		f.try(t, change)
		if t.Failed() {
			return
		}
	}
}
