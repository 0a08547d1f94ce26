package dbsp

import (
	"testing"

	"pgregory.net/rapid"
)

// TestDistinctEqualsTwin compares with the classes of equal rows after each step.
func TestDistinctEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := drawColumns(t, "column", 1, 3)
		d := &Distinct{ID: 1, VariantsID: 2}
		variants := false
		for _, c := range columns {
			d.Collations = append(d.Collations, c.collation)
			d.Variants = append(d.Variants, c.variants)
			variants = variants || c.variants
		}
		if !variants && rapid.Bool().Draw(t, "nil variants") {
			d.Variants = nil
		}
		history := drawHistory(t, "history", columns, true)
		store := drawStore(t)
		input, out := zset{}, keyedOutput{}
		for _, chunk := range drawChunks(t, "history", history) {
			input.add(chunk)
			got, err := d.Step(store.step(), []Batch{chunk})
			if err != nil {
				t.Fatal(err)
			}
			out.apply(t, got)
			checkDistinct(t, d, input, out)
			store.settle(t, false)
		}
		requireDrained(t, store)
	})
}

func checkDistinct(t *rapid.T, d *Distinct, input zset, out keyedOutput) {
	var classes []Row
	for _, r := range input.rows() {
		known := false
		for _, c := range classes {
			known = known || equalRows(d, c, r.Row)
		}
		if !known {
			classes = append(classes, r.Row)
		}
	}
	if len(out) != len(classes) {
		t.Fatalf("%d rows for the %d classes of %v", len(out), len(classes), input)
	}
	for key, row := range out {
		if input[identity(row)] == 0 {
			t.Fatalf("%v is not a row of %v", row, input)
		}
		var want []byte
		for i, v := range row {
			want = AppendKey(want, v, d.Collations[i])
		}
		if key != string(want) {
			t.Fatalf("the key of %v is %x instead of %x", row, key, want)
		}
	}
}

func equalRows(d *Distinct, a, b Row) bool {
	for i := range a {
		if twinCompare(a[i], b[i], d.Collations[i]) != 0 {
			return false
		}
	}
	return true
}
