package ext

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// outputDelta is what a transaction changed in a view's output and has not written yet.
//
// For a keyed view an entry is the row that now stands under its group key, or that none does. For any other view an
// entry is the change of one row's weight, by the row's identity.
type outputDelta struct {
	keyed   bool
	entries map[string]*outputEntry
	size    int64
	sorted  []*outputEntry // cache, by key
	listed  bool           // sorted is up to date
	buf     []byte
	// bulk is set while a view is filled: entries that are no group's come in any order, several for a row, and are added
	// up when they are listed. Nobody reads them before they are written.
	bulk bool
	rows []*outputEntry
}

type outputEntry struct {
	key    string
	row    dbsp.Row
	weight int64 // keyed: 1 or 0; else the change of weight
	// changed is when the entry was last replaced: cursors hold entries, so they are never changed in place.
}

func newOutputDelta(keyed bool) *outputDelta {
	return &outputDelta{keyed: keyed, entries: map[string]*outputEntry{}}
}

// clone returns a copy to step on without consequences.
func (o *outputDelta) clone() *outputDelta {
	c := newOutputDelta(o.keyed)
	for k, e := range o.entries {
		c.entries[k] = e
	}
	c.size = o.size
	return c
}

// outputKept is how many entries an outputDelta may have had whose memory is used again.
const outputKept = 256

// reset makes o empty. Entries stay as they are, for cursors hold them.
func (o *outputDelta) reset() {
	if len(o.entries)+len(o.rows) > outputKept {
		bulk := o.bulk
		*o = *newOutputDelta(o.keyed)
		o.bulk = bulk
		return
	}
	o.rows = nil
	clear(o.entries)
	clear(o.sorted)
	o.size, o.sorted, o.listed = 0, o.sorted[:0], false
}

func (o *outputDelta) empty() bool { return len(o.entries)+len(o.rows) == 0 }

// add takes a step's output.
func (o *outputDelta) add(b dbsp.Batch) {
	if len(b) == 0 {
		return
	}
	if o.bulk && !o.keyed {
		o.collect(b)
		return
	}
	o.listed = false
	buf := o.buf
	defer func() { o.buf = buf }()
	for i, d := range b {
		if o.keyed {
			// The changes of one key alternate, old row first: the last one tells what stands there now.
			if i+1 < len(b) && b[i+1].Key == d.Key {
				continue
			}
			e := &outputEntry{key: strings.Clone(d.Key)}
			if d.Weight > 0 {
				e.row, e.weight = cloneRow(d.Row), 1
			}
			o.put(e)
			continue
		}
		buf = dbsp.AppendRow(buf[:0], d.Row)
		old := o.entries[string(buf)]
		if old == nil {
			o.put(&outputEntry{key: string(buf), row: cloneRow(d.Row), weight: d.Weight})
			continue
		}
		if old.weight+d.Weight == 0 {
			delete(o.entries, old.key)
			o.size -= entrySize(old)
			continue
		}
		o.entries[old.key] = &outputEntry{key: old.key, row: old.row, weight: old.weight + d.Weight}
	}
}

// collect takes rows in bulk. Of a row its identity is kept, which is all there is in it.
func (o *outputDelta) collect(b dbsp.Batch) {
	var keys []byte
	ends := make([]int, len(b))
	for i, d := range b {
		keys = dbsp.AppendRow(keys, d.Row)
		ends[i] = len(keys)
	}
	all, entries, start := string(keys), make([]outputEntry, len(b)), 0
	for i, d := range b {
		entries[i] = outputEntry{key: all[start:ends[i]], weight: d.Weight}
		start = ends[i]
		o.rows = append(o.rows, &entries[i])
		o.size += entrySize(&entries[i])
	}
}

// sum adds up the rows that were collected, in key order. writeEntry decodes them.
func (o *outputDelta) sum() []*outputEntry {
	slices.SortFunc(o.rows, func(a, b *outputEntry) int { return strings.Compare(a.key, b.key) })
	out := o.rows[:0]
	for _, e := range o.rows {
		if n := len(out); n > 0 && out[n-1].key == e.key {
			out[n-1].weight += e.weight
			continue
		}
		out = append(out, e)
	}
	return slices.DeleteFunc(out, func(e *outputEntry) bool { return e.weight == 0 })
}

func (o *outputDelta) put(e *outputEntry) {
	if old := o.entries[e.key]; old != nil {
		o.size -= entrySize(old)
	}
	o.entries[e.key] = e
	o.size += entrySize(e)
}

func entrySize(e *outputEntry) int64 {
	n := int64(len(e.key)) + 120 + 32*int64(len(e.row))
	for _, v := range e.row {
		n += int64(len(v.Str()))
	}
	return n
}

// list returns the entries in key order. The slice is valid until the next change.
func (o *outputDelta) list() []*outputEntry {
	if o.rows != nil {
		return o.sum()
	}
	if !o.listed {
		o.sorted, o.listed = slices.Grow(o.sorted[:0], len(o.entries)), true
		for _, e := range o.entries {
			o.sorted = append(o.sorted, e)
		}
		slices.SortFunc(o.sorted, func(a, b *outputEntry) int { return strings.Compare(a.key, b.key) })
	}
	return o.sorted
}

// cloneRow copies a row and its bytes out of whatever buffer they are in.
func cloneRow(r dbsp.Row) dbsp.Row {
	out := make(dbsp.Row, len(r))
	for i, v := range r {
		out[i] = v.Clone()
	}
	return out
}
