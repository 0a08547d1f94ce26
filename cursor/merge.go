// Package cursor merges a view's committed rows with the uncommitted changes of the running transaction.
package cursor

import (
	"bytes"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Committed iterates over rows of the committed output, in the order that the scan asked for.
type Committed interface {
	// Next moves to the next row; false at the end.
	Next() (bool, error)
	// Row returns the present row, which stays valid.
	Row() dbsp.Row
	// Weight is how many times the row is there, more than 0.
	Weight() int64
	// Key is the key that the row is stored under.
	Key() string
}

// Pending is an uncommitted change of the output. In a keyed view it says what now stands under Key: Row when Weight is
// positive, else nothing. In any other view it changes the weight of Row, whose identity is Key.
type Pending struct {
	Key    string
	Row    dbsp.Row
	Weight int64
}

// Term is one term of the order that a scan must have.
type Term struct {
	Column    int
	Collation dbsp.Collation
	Desc      bool
}

// Merge is the merging cursor: committed rows (+) delta.
//
// Contract. It yields every row of the merged Z-set that matches the scan, once, with its merged weight, and may yield
// pending rows that do not match: whoever reads it checks the scan's constraints again. A committed row that a pending change concerns
// comes from the committed side with the changed weight (keyed: is left out, its successor comes from the pending
// side). A pending row that the scan never meets on the committed side is new, or does not match; it is yielded with
// its own weight if that is positive. With an order, both sides come merged by it: the committed side must already be in
// that order. The pending list is not changed, and must not be while the Merge is in use. Merge is not safe for
// concurrent use.
type Merge struct {
	keyed     bool
	order     []Term
	committed Committed
	pending   map[string]*Pending
	seen      map[string]bool
	fresh     []entry // pending rows in order, those not yielded yet
	head      *entry  // committed row read ahead, nil when none
	done      bool    // the committed side is at its end

	row    dbsp.Row
	weight int64
	key    string
}

type entry struct {
	row    dbsp.Row
	weight int64
	key    string // to show
	id     string // of the pending entry
	order  []byte
}

// New returns a Merge before its first row.
func New(committed Committed, pending []Pending, keyed bool, order []Term) *Merge {
	m := &Merge{keyed: keyed, order: order, committed: committed, pending: make(map[string]*Pending, len(pending)),
		seen: map[string]bool{}}
	for i := range pending {
		p := &pending[i]
		m.pending[p.Key] = p
		if p.Weight > 0 {
			m.fresh = append(m.fresh, entry{row: p.Row, weight: p.Weight, key: p.Key, id: p.Key, order: m.orderKey(p.Row)})
		}
	}
	if len(order) > 0 {
		slices.SortStableFunc(m.fresh, func(a, b entry) int { return bytes.Compare(a.order, b.order) })
	}
	return m
}

// orderKey encodes a row's position in the order.
func (m *Merge) orderKey(row dbsp.Row) []byte {
	var k []byte
	for _, t := range m.order {
		from := len(k)
		k = dbsp.AppendKey(k, row[t.Column], t.Collation)
		if t.Desc {
			for i := from; i < len(k); i++ {
				k[i] = ^k[i]
			}
		}
	}
	return k
}

// Row returns the present row.
func (m *Merge) Row() dbsp.Row { return m.row }

// Weight returns how many times the present row is there.
func (m *Merge) Weight() int64 { return m.weight }

// Key returns what tells the present row from others: the stored key, or for a row not yet stored its pending key.
func (m *Merge) Key() string { return m.key }

// Next moves to the next row; false at the end.
func (m *Merge) Next() (bool, error) {
	for {
		if m.head == nil && !m.done {
			if err := m.advance(); err != nil {
				return false, err
			}
		}
		fresh := len(m.fresh) > 0
		switch {
		case m.head == nil && !fresh:
			return false, nil
		case m.head == nil || fresh && len(m.order) > 0 && bytes.Compare(m.fresh[0].order, m.head.order) < 0:
			e := m.fresh[0]
			m.fresh = m.fresh[1:]
			if m.seen[e.id] {
				continue
			}
			m.yield(e)
			return true, nil
		default:
			e := *m.head
			m.head = nil
			m.yield(e)
			return true, nil
		}
	}
}

func (m *Merge) yield(e entry) { m.row, m.weight, m.key = e.row, e.weight, e.key }

// advance reads the committed side up to a row that is still there.
func (m *Merge) advance() error {
	for {
		ok, err := m.committed.Next()
		if err != nil {
			return err
		}
		if !ok {
			m.done = true
			return nil
		}
		row, weight, key := m.committed.Row(), m.committed.Weight(), m.committed.Key()
		id := key
		if !m.keyed {
			id = string(dbsp.AppendRow(nil, row))
		}
		if p := m.pending[id]; p != nil {
			if m.keyed {
				continue
			}
			m.seen[id] = true
			if weight += p.Weight; weight <= 0 {
				continue
			}
		}
		m.head = &entry{row: row, weight: weight, key: key, order: m.orderKey(row)}
		return nil
	}
}
