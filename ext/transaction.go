package ext

// transaction is the uncommitted part of a database's life: the log of raw changes, how far it has been stepped into
// the views' overlays, how far it has been written to state tables, and what each open savepoint saw of that.
//
// The savepoint rule: a savepoint remembers two offsets of the log, its length and how far it had been written. ROLLBACK
// TO cuts the log to the first, takes the second as what the tables now hold (SQLite has taken back the writes since),
// and drops all overlays; the next read or the commit steps again from there. xSync may run several times for one
// transaction (COMMIT may return SQLITE_BUSY and be tried again): a second one finds nothing left between written and
// the end of the log.
type transaction struct {
	log     changeLog
	stepped int64
	written int64
	marks   []mark  // by savepoint number
	touched []int64 // layouts of which there are records, some perhaps twice
	images  imageTracker
	// flushed is set once state tables were written in this transaction: what cursors read from them may be rolled back
	// under them, so they keep copies.
	flushed bool
	// early is set when a step wrote state to tables before its end; the rest must follow at once.
	early bool
	// rebuild names views that must be recomputed from their base tables at the next boundary, by view name.
	rebuild map[string]bool
	// rebuilt names views that were in this transaction: ROLLBACK TO may take that back without taking back the cause.
	rebuilt map[string]bool
	// arm names tables, in lower case, that met a REPLACE unarmed: the commit arms them. ROLLBACK TO forgets it, perhaps
	// in vain: then the next REPLACE notes it again.
	arm map[string]bool
	// stale holds, by name, views found stale in this transaction.
	stale  map[string]staleAt
	broken error
	// version is the data version of main in this transaction, once it was looked at.
	version int64
}

// staleAt is why a view became stale, and how long the log was then.
type staleAt struct {
	reason string
	length int64
}

type mark struct{ length, written int64 }

func (t *transaction) savepoint(n int) {
	if n < 0 {
		return
	}
	now := mark{t.log.length(), t.written}
	// A table that is enlisted under open savepoints hears of the innermost only. Nothing was logged since the others
	// began, or they would have been heard of: they share the mark. A number that is taken already keeps its mark, as
	// SQLite's pager keeps its savepoint then: it happens when a statement is left open across BEGIN or ROLLBACK TO, after
	// which SQLite numbers statements from below again.
	for len(t.marks) <= n {
		t.marks = append(t.marks, now)
	}
}

func (t *transaction) release(n int) {
	if n >= 0 && n < len(t.marks) {
		t.marks = t.marks[:n]
	}
}

// rollbackTo returns to savepoint n, -1 for the beginning of the transaction.
func (t *transaction) rollbackTo(n int) {
	var m mark
	switch {
	case n < 0:
		t.marks = t.marks[:0]
	case n < len(t.marks):
		m = t.marks[n]
		t.marks = t.marks[:n+1]
	default:
		// A savepoint that began after the last one heard of, with nothing logged in it.
		m = mark{t.log.length(), t.written}
	}
	t.log.cut(m.length)
	t.written = m.written
	t.stepped = m.written
	t.images.clear()
	clear(t.arm)
	for name := range t.rebuilt {
		t.rebuild[name] = true
	}
	for name, s := range t.stale {
		if s.length > m.length {
			delete(t.stale, name)
		}
	}
}

func (t *transaction) end() {
	t.log.discard()
	t.stepped, t.written = 0, 0
	t.marks = t.marks[:0]
	t.touched = t.touched[:0]
	clear(t.rebuild)
	clear(t.rebuilt)
	clear(t.arm)
	clear(t.stale)
	t.images.clear()
	t.flushed, t.early = false, false
	t.broken = nil
	t.version = 0
}
