package dbsp

// Presence knows which rows a Distinct has without state of its own: those of its input are in tables that can be asked.
// Of its rows, those that are equal are identical.
type Presence interface {
	// Find tells whether rows equal to key were there before the batch at hand was fed, and whether they are after it. net
	// is what the batch adds to their number, and 0 for whoever only looks. Rows that will be fed later do not count, and
	// those that will go do. row is what was found, or key itself; it may be overwritten by the next call.
	Find(key Row, net int64) (row Row, was, is bool, err error)
}

// PresenceTrace is the rows of a Distinct with Presence as one side of a join by all its columns.
//
// Cost: one Find per key asked for. Like GroupTrace it leaves NULL to the join.
type PresenceTrace struct {
	Presence Presence
	// Order and Columns are as in GroupTrace.
	Order, Columns []int

	key, row Row
}

// Rows yields the row equal to key, if there is one.
func (t *PresenceTrace) Rows(_ *Step, key Row, yield func(Row, int64) error) error {
	t.key = t.key[:0]
	for _, at := range t.Order {
		t.key = append(t.key, key[at])
	}
	found, _, is, err := t.Presence.Find(t.key, 0)
	if err != nil || !is {
		return err
	}
	if cap(t.row) < len(t.Columns) {
		t.row = make(Row, len(t.Columns))
	}
	row := t.row[:len(t.Columns)]
	choose(row, found, t.Columns)
	return yield(row, 1)
}

// find is Step where the rows are asked for: each class that the batch touches once.
func (d *Distinct) find(in Batch) (Batch, error) {
	keys := newKeyIndex()
	defer keys.release()
	var key []byte
	var net []int64
	var first []int32
	for i := range in {
		key = key[:0]
		for c, v := range in[i].Row {
			key = AppendKey(key, v, d.Collations[c])
		}
		n, fresh := keys.intern(key)
		if fresh {
			net, first = append(net, 0), append(first, int32(i))
		}
		net[n] += in[i].Weight
	}
	keys.seal()
	out := make(Batch, 0, len(net))
	for n, w := range net {
		if w == 0 {
			continue
		}
		row := in[first[n]].Row
		_, was, is, err := d.Presence.Find(row, w)
		if err != nil {
			return nil, err
		}
		switch {
		case is && !was:
			out = append(out, Delta{Row: row, Weight: 1, Key: keys.key(int32(n))})
		case was && !is:
			out = append(out, Delta{Row: row, Weight: -1, Key: keys.key(int32(n))})
		}
	}
	return out, nil
}
