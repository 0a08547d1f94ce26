package crsql_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// modelRank orders the storage classes as merging does.
var modelRank = map[dbsp.Kind]int{dbsp.Null: 0, dbsp.Blob: 1, dbsp.Text: 2, dbsp.Real: 3, dbsp.Integer: 4}

func modelLess(a, b dbsp.Value) bool {
	switch {
	case a.Kind() != b.Kind():
		return modelRank[a.Kind()] < modelRank[b.Kind()]
	case a.Kind() == dbsp.Integer:
		return a.Int() < b.Int()
	case a.Kind() == dbsp.Real:
		return a.Real() < b.Real()
	}
	return bytes.Compare([]byte(a.Str()), []byte(b.Str())) < 0
}

// modelRow draws changes of a row, of several lives, and says what must come of them: in the latest life the write with
// the most before it, of these the greatest value; nothing if that life has ended.
func modelRow(r *rand.Rand, id int) (changes []crsql.Change, want []string) {
	values := []dbsp.Value{{}, dbsp.NewInteger(7), dbsp.NewInteger(-1), dbsp.NewReal(0.5), dbsp.NewText("t"), dbsp.NewText(""), dbsp.NewBlob("b")}
	pk := append([]byte{1, 0x11}, byte(id>>8), byte(id))
	last := int64(1 + r.IntN(5))
	best := map[string]crsql.Change{}
	for cl := int64(1); cl <= last; cl++ {
		add := func(cid string, v dbsp.Value, version int64) {
			c := crsql.Change{Table: "n", PK: pk, CID: cid, Val: v, ColVersion: version, DBVersion: int64(1 + r.IntN(9)), CL: cl,
				Site: bytes.Repeat([]byte{byte(1 + r.IntN(3))}, 16), Seq: int64(r.IntN(5))}
			changes = append(changes, c)
			if b, ok := best[cid]; cl == last && (!ok || b.ColVersion < version || b.ColVersion == version && modelLess(b.Val, v)) {
				best[cid] = c
			}
		}
		if cl%2 == 0 || cl > 1 {
			if cl == last || r.IntN(2) == 0 {
				add(crsql.Sentinel, dbsp.Value{}, cl)
			}
		}
		for _, cid := range []string{"a", "b"} {
			for n := r.IntN(3); cl%2 == 1 && (n > 0 || cl == last && n == 0); n-- {
				add(cid, values[r.IntN(len(values))], int64(1+r.IntN(3)))
			}
		}
	}
	if last%2 == 1 {
		want = []string{fmt.Sprint(id), quote(best["a"].Val), quote(best["b"].Val)}
	}
	for range r.IntN(3) {
		changes = append(changes, changes[r.IntN(len(changes))])
	}
	r.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	return changes, want
}

// What merging does, held against what the rules say, for changes in any order, cut anywhere, rows mixed.
func TestMergeModel(t *testing.T) {
	eachDriver(t, func(t *testing.T, driver string) {
		r := rand.New(rand.NewPCG(11, 5))
		p := exchangers(t, driver, 1)[0]
		want := [][]string{}
		var open [][]crsql.Change
		var all []crsql.Change
		for id := 256; id < 1500; id++ { // keys of two bytes
			changes, row := modelRow(r, id)
			if row != nil {
				want = append(want, row)
			}
			open = append(open, changes)
			for len(open) > 3 || id == 1499 && len(open) > 0 {
				i := r.IntN(len(open))
				n := 1 + r.IntN(len(open[i]))
				all = append(all, open[i][:n]...)
				if open[i] = open[i][n:]; len(open[i]) == 0 {
					open = append(open[:i], open[i+1:]...)
				}
			}
		}
		for rest := all; len(rest) > 0; {
			n := min(1+r.IntN(30), len(rest))
			applyTo(t, p, rest[:n])
			rest = rest[n:]
		}
		rows, err := p.Query("SELECT * FROM n ORDER BY id")
		require.NoError(t, err)
		got := quoteRows(rows)
		for i := range min(len(want), len(got)) {
			require.Equal(t, want[i], got[i])
		}
		require.Len(t, got, len(want))
		require.Zero(t, applyTo(t, p, all))
	})
}
