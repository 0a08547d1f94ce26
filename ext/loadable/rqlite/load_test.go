package rqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// write is what a client sends as one request: a transaction, unless it is a single statement.
type write struct {
	statements []statement
	epoch, seq int
	fails      bool // a statement breaks a constraint, so nothing of it may stay
}

// load is clients that write until stopped, and readers that compare each node's views with their queries meanwhile.
//
// Each client has keys of its own, so that what the tables hold follows from each client's acknowledged writes. A write
// whose outcome it didn't hear of ends the epoch of its keys: the write is settled at the end, by its row in the ledger.
type load struct {
	t       *testing.T
	nodes   func() []*node // those that clients may ask
	twin    *twin
	pause   time.Duration
	acked   atomic.Int64 // writes
	reads   atomic.Int64 // comparisons by the readers
	stopped atomic.Bool
	running sync.WaitGroup
	clients []*writer
	settled [2]int // writes nobody heard of, that are not there and that are
}

// writer is one client.
type writer struct {
	l          *load
	id         int
	random     *rand.Rand
	epoch, seq int // seq is that of the last write of the epoch
	unheard    []write
}

const (
	keys   = 300 // of orders per epoch
	people = 20  // customers per epoch
)

// newLoad returns count clients.
func newLoad(t *testing.T, tw *twin, count int, nodes func() []*node) *load {
	l := &load{t: t, nodes: nodes, twin: tw}
	t.Cleanup(l.end)
	for i := range count {
		l.clients = append(l.clients, &writer{l: l, id: i, random: rand.New(rand.NewPCG(uint64(i), 5))})
	}
	return l
}

// start starts the clients, and a reader.
func (l *load) start() {
	l.stopped.Store(false)
	for _, w := range l.clients {
		l.running.Go(func() {
			for !l.over() {
				w.next()
				time.Sleep(l.pause)
			}
		})
	}
	l.running.Go(func() {
		for i := 0; !l.over(); i++ {
			l.read(i)
			time.Sleep(20*time.Millisecond + l.pause)
		}
	})
}

// over tells whether the clients should stop.
func (l *load) over() bool { return l.stopped.Load() || l.t.Failed() }

// end stops the clients, if they run.
func (l *load) end() {
	l.stopped.Store(true)
	l.running.Wait()
}

// more waits until so many more writes were acknowledged.
func (l *load) more(count int64) {
	l.t.Helper()
	goal, deadline := l.acked.Load()+count, time.Now().Add(2*time.Minute)
	for l.acked.Load() < goal {
		if l.t.Failed() || time.Now().After(deadline) {
			l.t.Fatalf("%d of %d writes were acknowledged", l.acked.Load(), goal)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// read compares a view with its query on one node, while it is written.
func (l *load) read(i int) {
	nodes := l.nodes()
	n, v := nodes[i%len(nodes)], views[i/len(nodes)%len(views)]
	got, err := n.lines(quoted(v.columns, v.name), quoted(v.columns, "("+v.query+")"))
	switch {
	case errors.Is(err, errStatement):
		l.t.Errorf("%s, reading %s under load: %v", n.name, v.name, err)
	case err != nil: // down, or being restored
	default:
		l.reads.Add(1)
		if d := differ(got[0], got[1]); d != "" {
			l.t.Errorf("%s, %s under load: %s", n.name, v.name, d)
		}
	}
}

// next sends the client's next write to some node, and notes what came of it.
func (w *writer) next() {
	wr := w.draw()
	nodes := w.l.nodes()
	n := nodes[w.random.IntN(len(nodes))]
	path := "/db/execute"
	if len(wr.statements) > 1 {
		path += "?transaction"
	}
	results, err := n.run(path, wr.statements...)
	switch {
	case wr.fails && errors.Is(err, errStatement):
	case errors.Is(err, errStatement):
		w.l.t.Errorf("client %d: %v", w.id, err)
	case err != nil:
		w.unheard = append(w.unheard, wr)
		w.epoch, w.seq = w.epoch+1, 0
		time.Sleep(100 * time.Millisecond)
	case wr.fails:
		w.l.t.Errorf("client %d: %v must fail", w.id, wr.statements)
	default:
		w.seq = wr.seq
		affected, err := w.l.twin.apply(wr)
		if err != nil {
			w.l.t.Errorf("client %d: the twin: %v", w.id, err)
			return
		}
		for i, r := range results {
			if r.Affected != affected[i] && r.Values == nil {
				w.l.t.Errorf("client %d: %v affected %d rows, on the twin %d", w.id, wr.statements[i], r.Affected, affected[i])
			}
		}
		w.l.acked.Add(1)
	}
}

// draw returns a random write of the client's own rows, with its row of the ledger.
func (w *writer) draw() write {
	wr := write{epoch: w.epoch, seq: w.seq + 1}
	kind := "single"
	if w.id == 0 {
		kind = "customers"
		for range 1 + w.random.IntN(3) {
			wr.statements = append(wr.statements, w.customer())
		}
	} else if w.random.IntN(5) > 0 {
		kind = "orders"
		for range 1 + w.random.IntN(5) {
			wr.statements = append(wr.statements, w.order())
		}
	}
	wr.statements = append(wr.statements, statement{"INSERT INTO ledger VALUES (?, ?, ?, ?, ?)",
		w.id, wr.epoch, wr.seq, kind, w.random.IntN(100)})
	if w.id > 0 && w.random.IntN(20) == 0 {
		wr.fails = true
		wr.statements = append(wr.statements, statement{"UPDATE orders SET amount = 1000000 WHERE id = (SELECT min(id) FROM orders)"},
			statement{"INSERT INTO customers(id) VALUES ('not a number')"})
	}
	return wr
}

// customer returns a statement about a customer.
func (w *writer) customer() statement {
	id := w.epoch*people + w.random.IntN(people)
	name, tier := fmt.Sprintf("%c%d", "nN"[w.random.IntN(2)], w.random.IntN(12)), string("abc"[w.random.IntN(3)])
	switch w.random.IntN(6) {
	case 0:
		return statement{"DELETE FROM customers WHERE id = ?", id}
	case 1, 2:
		return statement{"UPDATE customers SET tier = ? WHERE id BETWEEN ? AND ?", tier, id, id + w.random.IntN(3)}
	}
	return statement{"REPLACE INTO customers VALUES (?, ?, ?)", id, name, tier}
}

// order returns a statement about an order, or its items.
func (w *writer) order() statement {
	first := (w.id*1000 + w.epoch) * keys
	id, other := first+w.random.IntN(keys), first+w.random.IntN(keys)
	code := fmt.Sprintf("%d-%d-%d", w.id, w.epoch, w.random.IntN(keys))
	region := []any{"north", "south", "east", "west", nil}[w.random.IntN(5)]
	customer, amount, price := w.random.IntN(2*people), w.random.IntN(1000), float64(w.random.IntN(400))/4
	switch w.random.IntN(12) {
	case 0:
		return statement{"DELETE FROM orders WHERE id = ?", id}
	case 1:
		return statement{"DELETE FROM orders WHERE id BETWEEN ? AND ? RETURNING id", id, min(id+3, first+keys-1)}
	case 2:
		return statement{"UPDATE orders SET amount = amount + 1, price = ? WHERE id BETWEEN ? AND ?", price, id, min(id+9, first+keys-1)}
	case 3:
		return statement{"UPDATE orders SET region = ?, customer = ? WHERE id = ?", region, customer, id}
	case 4:
		return statement{"UPDATE OR REPLACE orders SET code = ?, id = ? WHERE id = ?", code, other, id}
	case 5:
		return statement{`INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)
		  ON CONFLICT(id) DO NOTHING ON CONFLICT(code) DO UPDATE SET amount = excluded.amount, region = excluded.region`,
			id, code, region, customer, amount, price}
	case 6:
		return statement{"INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?)", id, code, region, customer, amount, price}
	case 7, 8:
		return statement{`INSERT OR REPLACE INTO items SELECT id * 3 + ?, id, ?, ? FROM orders WHERE id BETWEEN ? AND ?`,
			w.random.IntN(3), fmt.Sprint("s", w.random.IntN(10)), w.random.IntN(9), id, min(id+4, first+keys-1)}
	}
	return statement{"INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?)", id, code, region, customer, amount, price}
}

// settle brings the twin up to what became of the writes whose outcome nobody heard. The clients are stopped.
func (l *load) settle(n *node) {
	l.t.Helper()
	for _, w := range l.clients {
		for _, wr := range w.unheard {
			got, err := n.run("/db/query?level=strong", statement{
				"SELECT count(*) FROM ledger WHERE client = ? AND epoch = ? AND seq = ?", w.id, wr.epoch, wr.seq})
			if err != nil {
				l.t.Fatal(err)
			}
			if fmt.Sprint(got[0].Values[0][0]) == "0" {
				l.settled[0]++
				continue
			}
			l.settled[1]++
			if wr.fails {
				l.t.Errorf("client %d: a part of %v stayed", w.id, wr.statements)
			} else if _, err := l.twin.apply(wr); err != nil {
				l.t.Error(err)
			}
		}
		w.unheard = nil
	}
}
