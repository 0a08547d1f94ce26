package dbsp

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"sort"
	"strings"

	"pgregory.net/rapid"
)

// This file holds what the naive twins share: SQL comparison written down from the documentation, independently of
// AppendKey, and random histories.

// twinCompare orders two values as SQLite's ORDER BY does; NULL equals NULL.
func twinCompare(a, b Value, c Collation) int {
	class := func(v Value) int {
		if v.Kind() == Real {
			return int(Integer)
		}
		return int(v.Kind())
	}
	if d := class(a) - class(b); d != 0 {
		return d
	}
	switch a.Kind() {
	case Integer, Real:
		return twinNumber(a).Cmp(twinNumber(b))
	case Text:
		return strings.Compare(twinFold(a.Str(), c), twinFold(b.Str(), c))
	case Blob:
		return bytes.Compare([]byte(a.Str()), []byte(b.Str()))
	}
	return 0
}

func twinNumber(v Value) *big.Float {
	f := new(big.Float).SetPrec(2200)
	if v.Kind() == Integer {
		return f.SetInt64(v.Int())
	}
	return f.SetFloat64(v.Real())
}

func twinFold(s string, c Collation) string {
	switch c {
	case NoCase:
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, s)
	case RTrim:
		return strings.TrimRight(s, " ")
	}
	return s
}

// twinNumeric stands in for SQLite's conversion of text and blobs in sum().
func twinNumeric(v Value) (Value, error) {
	switch strings.TrimSpace(v.Str()) {
	case "2":
		return NewInteger(2), nil
	case "1.5":
		return NewReal(1.5), nil
	}
	return NewReal(0), nil
}

// identity is a row as a map key: type and bytes.
func identity(r Row) string { return string(AppendRow(nil, r)) }

// zset is a Z-set in its plainest form.
type zset map[string]int64

func (z zset) add(b Batch) {
	for _, d := range b {
		id := identity(d.Row)
		if z[id] += d.Weight; z[id] == 0 {
			delete(z, id)
		}
	}
}

// rows returns the rows, in some fixed order, each with its weight.
func (z zset) rows() Batch {
	var b Batch
	for id, w := range z {
		r, err := DecodeRow(id, nil)
		if err != nil {
			panic(err)
		}
		b = append(b, Delta{Row: r, Weight: w})
	}
	sort.Slice(b, func(i, j int) bool { return identity(b[i].Row) < identity(b[j].Row) })
	return b
}

func (z zset) String() string {
	var s strings.Builder
	for _, d := range z.rows() {
		fmt.Fprintf(&s, "%d × %v\n", d.Weight, d.Row)
	}
	return s.String()
}

// column is a domain of values, small so that they meet.
type column struct {
	values    []Value
	collation Collation
	variants  bool
}

// twinPlain are values of which no two are equal without being identical.
var twinPlain = []Value{{}, NewInteger(0), NewInteger(1), NewInteger(-7), NewReal(1.5), NewText(""), NewText("a"),
	NewText("b"), NewText("2"), NewBlob("a"), NewBlob("")}

// twinMixed has variants under each collation.
var twinMixed = []Value{{}, NewInteger(1), NewReal(1), NewInteger(0), NewReal(0), NewReal(math.Copysign(0, -1)),
	NewText("a"), NewText("A"), NewText("a "), NewText("B"), NewText("b"), NewText("2"), NewText("2  "), NewBlob("A"),
	NewInteger(1 << 53), NewReal(1 << 53), NewInteger(1<<53 + 1)}

// twinHuge makes sums overflow, lose digits and become infinite.
var twinHuge = []Value{NewInteger(math.MaxInt64), NewInteger(math.MinInt64), NewInteger(1), NewInteger(-1), {},
	NewInteger(math.MaxInt64 - 1)}

var twinReals = []Value{NewReal(1e308), NewReal(-1e308), NewReal(1e-300), NewReal(0.1), NewReal(math.Inf(1)),
	NewReal(math.Inf(-1)), NewInteger(3), {}, NewText("1.5"), NewText("zz")}

// twinLong has keys around the lengths where encodings change.
var twinLong = func() (values []Value) {
	for n := 251; n < 257; n++ {
		values = append(values, NewText(strings.Repeat("x", n)), NewText(strings.Repeat("X", n)))
	}
	return append(values, NewBlob(strings.Repeat("\x00", 200)), NewText(strings.Repeat("x", 70000)))
}()

func drawColumn(t *rapid.T, label string) column {
	var c column
	switch rapid.IntRange(0, 4).Draw(t, label+" domain") {
	case 0:
		c.values, c.variants = twinPlain, rapid.Bool().Draw(t, label+" variants")
	case 1:
		c.values, c.variants = twinMixed, true
		c.collation = rapid.SampledFrom([]Collation{Binary, NoCase, RTrim}).Draw(t, label+" collation")
	case 2:
		c.values = twinHuge
	case 3:
		c.values, c.variants = twinReals, true
	case 4:
		c.values, c.variants, c.collation = twinLong, true, NoCase
	}
	// Few values make groups vanish and return.
	n := rapid.IntRange(1, len(c.values)).Draw(t, label+" values")
	from := rapid.IntRange(0, len(c.values)-n).Draw(t, label+" from")
	c.values = c.values[from : from+n]
	return c
}

func drawColumns(t *rapid.T, label string, atLeast, atMost int) []column {
	n := rapid.IntRange(atLeast, atMost).Draw(t, label+" columns")
	columns := make([]column, n)
	for i := range columns {
		columns[i] = drawColumn(t, fmt.Sprintf("%s %d", label, i))
	}
	return columns
}

// drawHistory returns deltas of which each prefix leaves no row with a negative weight. With drain all rows are gone in
// the end.
func drawHistory(t *rapid.T, label string, columns []column, drain bool) Batch {
	var history, present Batch
	remove := func(i int) {
		d := &present[i]
		w := rapid.Int64Range(1, d.Weight).Draw(t, "times")
		history = append(history, Delta{Row: d.Row, Weight: -w})
		if d.Weight -= w; d.Weight == 0 {
			present = append(present[:i], present[i+1:]...)
		}
	}
	for range rapid.IntRange(0, 40).Draw(t, label+" length") {
		if len(present) > 0 && rapid.IntRange(0, 2).Draw(t, "delete") == 0 {
			remove(rapid.IntRange(0, len(present)-1).Draw(t, "which"))
			continue
		}
		row := make(Row, len(columns))
		for c := range row {
			row[c] = rapid.SampledFrom(columns[c].values).Draw(t, "value")
		}
		d := Delta{Row: row, Weight: rapid.Int64Range(1, 2).Draw(t, "weight")}
		history = append(history, d)
		present = append(present, d)
	}
	for drain && len(present) > 0 {
		remove(rapid.IntRange(0, len(present)-1).Draw(t, "drain"))
	}
	return history
}

// drawChunks cuts a history into batches and shuffles each: the order within a batch means nothing.
func drawChunks(t *rapid.T, label string, history Batch) []Batch {
	var chunks []Batch
	for len(history) > 0 {
		n := rapid.IntRange(1, len(history)).Draw(t, label+" chunk")
		chunk := append(Batch{}, history[:n]...)
		history = history[n:]
		if rapid.Bool().Draw(t, "shuffle") {
			chunk = rapid.Permutation(chunk).Draw(t, "order")
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// drawnStore is a store that may be an overlay, which is flushed now and then.
type drawnStore struct {
	Store
	overlay *Overlay
	base    *MemoryStore
}

func drawStore(t *rapid.T) *drawnStore {
	base := NewMemoryStore()
	if !rapid.Bool().Draw(t, "overlay") {
		return &drawnStore{Store: base, base: base}
	}
	base.Strict = true
	o := NewOverlay(base)
	return &drawnStore{Store: o, overlay: o, base: base}
}

// settle flushes the overlay, if there is one, when the draw says so or must is set.
func (s *drawnStore) settle(t *rapid.T, must bool) {
	if s.overlay == nil || !must && !rapid.Bool().Draw(t, "flush") {
		return
	}
	if err := s.overlay.Flush(s.base); err != nil {
		t.Fatalf("flush: %v", err)
	}
	if !s.overlay.Empty() {
		t.Fatal("the overlay is not empty after a flush")
	}
}

// contents is everything that a store holds.
type contents struct {
	accumulators map[string]string
	elements     map[string]int64
}

func (c contents) Put(op OpID, key string, value []byte) error {
	c.accumulators[fmt.Sprintf("%d %x", op, key)] = string(value)
	return nil
}

func (c contents) Add(op OpID, key, element string, weight int64) error {
	c.elements[fmt.Sprintf("%d %x %x", op, key, element)] = weight
	return nil
}

func contentsOf(m *MemoryStore) contents {
	c := contents{map[string]string{}, map[string]int64{}}
	if err := m.Write(c); err != nil {
		panic(err)
	}
	return c
}

func (s *drawnStore) step() *Step { return &Step{Store: s, Numeric: twinNumeric} }

// keyedOutput applies the output of a keyed operator and holds it to the rules of Batch: at most one row per key, the
// old one leaves before the new one comes, and only if it really changes.
type keyedOutput map[string]Row

func (k keyedOutput) apply(t *rapid.T, b Batch) {
	for i, d := range b {
		old, exists := k[d.Key]
		switch d.Weight {
		case -1:
			if !exists || identity(old) != identity(d.Row) {
				t.Fatalf("delta %d removes %v under key %x, which has %v", i, d.Row, d.Key, old)
			}
			delete(k, d.Key)
			if i+1 < len(b) && b[i+1].Key == d.Key && identity(b[i+1].Row) == identity(d.Row) {
				t.Fatalf("delta %d replaces %v by itself", i, d.Row)
			}
		case 1:
			if exists {
				t.Fatalf("delta %d adds %v under key %x, which has %v", i, d.Row, d.Key, old)
			}
			if i > 0 && b[i-1].Key != d.Key {
				for _, e := range b[:i] {
					if e.Key == d.Key {
						t.Fatalf("the changes of key %x are not adjacent", d.Key)
					}
				}
			}
			k[d.Key] = d.Row
		default:
			t.Fatalf("delta %d has weight %d", i, d.Weight)
		}
	}
}

func (k keyedOutput) zset() zset {
	z := zset{}
	for _, r := range k {
		z.add(Batch{{Row: r, Weight: 1}})
	}
	return z
}
