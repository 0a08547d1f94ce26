package dbsp

import (
	"fmt"
	"slices"
)

// JoinSide is one input of a Join, and how the other input's deltas find its rows.
type JoinSide struct {
	// Columns are the join key's positions in the side's rows.
	Columns []int
	// ID is the operator under which the side's rows are kept when Kept is set: an arrangement with the encoded join key
	// as key and AppendRow of the row as element.
	ID   OpID
	Kept bool
	// Trace, when not nil, is read instead of an arrangement, and the side is not kept. The engine sees to it that the
	// trace shows the side as it is after all its deltas of this step, and that these were fed before those of the other
	// side, or that it shows just those deltas that were fed. Where both sides are traces no step changes both.
	Trace Trace
	// Rows, when not nil, has the rows of a kept side, and the arrangement keeps no more of them than Identity, the
	// positions of columns that no two rows share: elements are AppendRow of these columns. A change of a row's other
	// columns leaves the arrangement alone.
	Rows     Rows
	Identity []int
}

// Join is the inner equi-join of two inputs: out = L ⋈ R, rows of the left before rows of the right, weights multiplied.
// It is bilinear: Δout = ΔL⋈R + L⋈ΔR + ΔL⋈ΔR, computed as ΔL⋈R_old + L_new⋈ΔR. Without key columns it is the cross
// product.
//
// State: the kept sides, each row once, or its identity. A side that is neither kept nor traced is one that the other
// never needs, as nothing feeds the other. Cost per delta: one update of the own arrangement, one lookup per distinct key
// and batch on the other side, and the matches; where only identities are kept, one lookup more per match. NULL in a
// key column equals nothing, unless Nulls says otherwise: such rows are not kept and match nothing.
type Join struct {
	Left, Right JoinSide
	// Collations compare the key columns, one per pair. Key equality is AppendKey's; what is subtler (affinity) belongs
	// in an Apply above, with keys here that are coarse enough.
	Collations []Collation
	// Nulls tells which key columns find NULL equal to NULL; nil means none but those of Identity.
	Nulls []bool

	// idle and matching are the last step's, kept for their memory.
	idle     []*arranged
	matching matching
}

// Step joins the deltas in[0] and in[1] with the other sides and with each other.
func (j *Join) Step(s *Step, in []Batch) (Batch, error) {
	left, err := j.arrange(&j.Left, &j.Right, in[0])
	if err != nil {
		return nil, err
	}
	right, err := j.arrange(&j.Right, &j.Left, in[1])
	if err != nil {
		return nil, err
	}
	defer j.release(left)
	defer j.release(right)
	var out Batch
	// A trace shows its side with the deltas of this step, so the deltas of the other side take part only once: before
	// they are kept, or by way of the trace.
	if j.Right.Trace != nil {
		if j.Left.Trace != nil && left != nil && right != nil {
			return nil, fmt.Errorf("dbsp: join %d/%d: both sides are traces, and change", j.Left.ID, j.Right.ID)
		}
		if out, err = j.match(s, right, false, out); err != nil {
			return nil, err
		}
		if out, err = j.match(s, left, true, out); err != nil {
			return nil, err
		}
		return out, left.keep(s, &j.Left)
	}
	if out, err = j.match(s, left, true, out); err != nil {
		return nil, err
	}
	if err = left.keep(s, &j.Left); err != nil {
		return nil, err
	}
	if out, err = j.match(s, right, false, out); err != nil {
		return nil, err
	}
	return out, right.keep(s, &j.Right)
}

// arranged is the delta of one side, grouped by join key.
type arranged struct {
	in   Batch
	keys *keyIndex
	// equal[k] is the arrangement's key for key k, where keys go by identity because the other side is a trace.
	equal []string
	net   *netChange // elements of the arrangement; only for a kept side
	rows  []arrangedRow
	// first[k] is the first row of key k in rows, next a chain through rows; -1 ends it.
	first []int32
	// whole is net's memory, buf what keys are encoded in.
	whole netChange
	buf   []byte
}

// arrangedKept bounds the rows of an arranged whose memory is used again.
const arrangedKept = 1 << 10

// arrangedRow is in[at].Row, with its net weight where the side is kept as whole rows.
type arrangedRow struct {
	weight   int64
	at, next int32
}

// arrange groups b by the key under which other finds it. A trace is asked with values, and compares as SQLite does, so
// there the groups are by identity: each value is looked up as itself.
func (j *Join) arrange(side, other *JoinSide, b Batch) (*arranged, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if other.Trace == nil && !other.Kept {
		return nil, fmt.Errorf("dbsp: join %d/%d: a change meets a side that is not kept", j.Left.ID, j.Right.ID)
	}
	kept, identity := side.keeps(), other.Trace != nil
	var a *arranged
	if n := len(j.idle); n > 0 {
		a, j.idle = j.idle[n-1], j.idle[:n-1]
	} else {
		a = &arranged{}
	}
	a.in, a.keys, a.rows = b, newKeyIndex(), slices.Grow(a.rows[:0], len(b))
	if kept {
		a.whole.open()
		a.net = &a.whole
	}
	key := a.buf
	var equal []byte
	for i := range b {
		d := &b[i]
		key = key[:0]
		null := false
		for n, c := range side.Columns {
			v := d.Row[c]
			if v.IsNull() && !j.nulls(n) {
				null = true
				break
			}
			if identity {
				key = AppendIdentity(key, v)
			} else {
				key = AppendKey(key, v, j.Collations[n])
			}
		}
		if null || d.Weight == 0 {
			continue
		}
		k, fresh := a.keys.intern(key)
		if fresh {
			a.first = append(a.first, -1)
			if kept && identity {
				equal = equal[:0]
				for n, c := range side.Columns {
					equal = AppendKey(equal, d.Row[c], j.Collations[n])
				}
				a.equal = append(a.equal, string(equal))
			}
		}
		switch {
		case kept && side.Rows != nil:
			e := a.net.begin(k)
			for _, c := range side.Identity {
				e = AppendIdentity(e, d.Row[c])
			}
			a.net.end(e, d.Weight)
		case kept:
			n := a.net.end(AppendRow(a.net.begin(k), d.Row), d.Weight)
			if int(n) < len(a.rows) {
				a.rows[n].weight = a.net.weight[n]
				continue
			}
		}
		a.rows = append(a.rows, arrangedRow{at: int32(i), weight: d.Weight, next: a.first[k]})
		a.first[k] = int32(len(a.rows) - 1)
	}
	a.buf = key
	a.keys.seal()
	if kept {
		a.net.seal()
	}
	return a, nil
}

// nulls tells whether NULL is equal to NULL in key column n.
func (j *Join) nulls(n int) bool {
	return j.Collations[n] == Identity || j.Nulls != nil && j.Nulls[n]
}

// release gives a's indexes back, and a itself where it is small; a may be nil.
func (j *Join) release(a *arranged) {
	if a == nil {
		return
	}
	a.keys.release()
	if a.net != nil {
		a.net.release()
	}
	if cap(a.rows) <= arrangedKept && cap(a.buf) <= 64*arrangedKept {
		a.in, a.keys, a.net, a.first = nil, nil, nil, a.first[:0]
		clear(a.equal)
		a.equal = a.equal[:0]
		j.idle = append(j.idle, a)
	}
}

func (side *JoinSide) keeps() bool { return side.Kept && side.Trace == nil }

// keep adds the delta to the side's arrangement.
func (a *arranged) keep(s *Step, side *JoinSide) error {
	if a == nil || !side.keeps() {
		return nil
	}
	for n, w := range a.net.weight {
		if w == 0 {
			continue
		}
		k := a.net.group[n]
		key := ""
		if len(a.equal) > 0 {
			key = a.equal[k]
		} else {
			key = a.keys.key(k)
		}
		if err := s.Store.Add(side.ID, key, a.net.element(int32(n)), w); err != nil {
			return err
		}
	}
	return nil
}

// match appends the join of a, the delta of the left side or else of the right, with the rows of the other side.
func (j *Join) match(s *Step, a *arranged, left bool, out Batch) (Batch, error) {
	if a == nil {
		return out, nil
	}
	side, other := &j.Right, &j.Left
	if left {
		side, other = &j.Left, &j.Right
	}
	m := &j.matching
	defer m.forget()
	m.out, m.in, m.left = slices.Grow(out, len(a.rows)), a.in, left
	m.rows = rowSlab{next: min(max(len(a.rows)*m.width, 4), maxSlab)}
	if m.yield == nil {
		m.yield = m.add
	}
	m.key = slices.Grow(m.key[:0], len(side.Columns))[:len(side.Columns)]
	for k, head := range a.first {
		m.delta = m.delta[:0]
		for n := head; n >= 0; n = a.rows[n].next {
			if a.rows[n].weight != 0 {
				m.delta = append(m.delta, a.rows[n])
			}
		}
		if len(m.delta) == 0 {
			continue
		}
		if other.Trace == nil {
			if err := m.arrangement(s.Store, other, a.keys.key(int32(k))); err != nil {
				return nil, err
			}
			continue
		}
		for n, c := range side.Columns {
			m.key[n] = a.in[m.delta[0].at].Row[c]
		}
		if err := other.Trace.Rows(s, m.key, m.yield); err != nil {
			return nil, err
		}
	}
	return m.out, nil
}

// forget drops what m must not hold on to.
func (m *matching) forget() {
	clear(m.key)
	clear(m.decode)
	m.out, m.in, m.rows = nil, nil, rowSlab{}
	if cap(m.delta) > arrangedKept {
		m.delta = nil
	}
}

// matching collects the output of one match.
type matching struct {
	out    Batch
	in     Batch
	rows   rowSlab
	left   bool                   // delta's rows come first
	key    Row                    // what a trace is asked for
	yield  func(Row, int64) error // add
	width  int                    // of the last row put out
	delta  []arrangedRow          // those of the key at hand
	decode Row
}

// arrangement adds the rows kept under key.
func (m *matching) arrangement(store Store, side *JoinSide, key string) error {
	var failed error
	err := store.Elements(side.ID, key, "", func(element string, weight int64) bool {
		if m.decode, failed = DecodeRow(element, m.decode[:0]); failed != nil {
			failed = fmt.Errorf("dbsp: join side %d: %w", side.ID, failed)
			return false
		}
		row := m.decode
		if side.Rows != nil {
			if row, failed = side.Rows.Row(m.decode); failed != nil {
				return false
			}
		}
		failed = m.add(row, weight)
		return failed == nil
	})
	if err != nil {
		return err
	}
	return failed
}

// add joins row of the other side with each row of the delta.
func (m *matching) add(row Row, weight int64) error {
	for i := range m.delta {
		d := &m.delta[i]
		own := m.in[d.at].Row
		m.width = len(own) + len(row)
		r := m.rows.take(m.width)
		if m.left {
			copy(r[copy(r, own):], row)
		} else {
			copy(r[copy(r, row):], own)
		}
		m.out = append(m.out, Delta{Row: r, Weight: d.weight * weight})
	}
	return nil
}
