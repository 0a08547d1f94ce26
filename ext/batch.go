package ext

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// A binding may take down events in a batch (sqlite3.Batch) instead of calling for each. Only events that are logged as they
// come may wait: of tables that are not tracked, while no row is stashed. Everything that looks at the log, or marks a place
// in it, collects the batch first, so that the log is at any moment what it would be without a batch.

// allowBatch lets the next events like this one, of n values, wait, if such an event needs no answer.
func (d *database) allowBatch(lay *layout, code int64, n int) error {
	if d.waiting == nil {
		return nil
	}
	kind := int(code & 7)
	if kind == eventStash || lay.tracked || !d.tx.images.empty() {
		// What is logged from now on depends on the rows that the tracker knows.
		d.waiting.Refuse()
		d.refused = true
		return nil
	}
	whole := eventCode(lay.id, wholeImage, kind)
	if _, width, err := lay.eventWidth(whole); err == nil && d.e.sole == d && width <= offerWidth {
		code, n = whole, width
	}
	if !lay.doubted && (kind != eventUpdate || !d.e.replacing || !lay.byRowid) {
		d.accept(code, lay, n)
	}
	return d.highest(lay, kind)
}

// acceptedEvent is a code whose events may wait, its layout and how many values it has.
type acceptedEvent struct {
	code int64
	lay  *layout
	n    int
}

// acceptedKept is how many codes may have been accepted in a transaction for the next one to begin with them.
const acceptedKept = 8

func (d *database) accept(code int64, lay *layout, n int) {
	if d.acceptedLayout(code) == nil {
		d.accepted = append(d.accepted, acceptedEvent{code, lay, n})
	}
	d.waiting.Accept(code, n)
}

func (d *database) acceptedLayout(code int64) *layout {
	for i := range d.accepted {
		if d.accepted[i].code == code {
			return d.accepted[i].lay
		}
	}
	return nil
}

// refuseBatch collects what waits, and lets nothing wait until allowBatch is called.
func (d *database) refuseBatch() error {
	if d.waiting == nil {
		return nil
	}
	d.waiting.Refuse()
	err := d.collect()
	d.accepted = d.accepted[:0]
	return err
}

// resumeBatch lets the events wait that might in the statement before. Nothing must be known of the running statement that
// speaks against it.
func (d *database) resumeBatch() {
	if !d.refused {
		return
	}
	for _, a := range d.accepted {
		d.waiting.Accept(a.code, a.n)
	}
	d.refused = false
}

// dropBatch forgets what waits: its transaction is over. What may wait is remembered for the next one.
func (d *database) dropBatch() {
	if d.waiting == nil {
		return
	}
	d.waiting.Refuse()
	d.waiting.Take()
	if d.refused = true; len(d.accepted) > acceptedKept {
		d.accepted = d.accepted[:0]
	}
}

// collect appends the events that wait to the log. After an error, of a log that can't be spilled, it has them too.
func (d *database) collect() error {
	if d.waiting == nil {
		return nil
	}
	entries := d.waiting.Take()
	if len(entries) == 0 {
		return nil
	}
	var (
		first   error
		last    int64 = -1
		lay     *layout
		n       int
		width   int
		l       = &d.tx.log
		collect = func(code int64, row []byte) error {
			if code != last {
				var err error
				last, lay = code, d.acceptedLayout(code)
				if n, width, err = lay.eventWidth(code); err != nil {
					return err
				}
				d.touch(lay)
			}
			if n == width {
				l.open(lay.id, changeKind(code&7))
				l.buf = append(l.buf, row...)
				return l.close()
			}
			return d.collectPart(lay, code, width, string(row))
		}
	)
	sqlite3.Entries(entries, func(code int64, row []byte) {
		if err := collect(code, row); err != nil && first == nil {
			first = err
		}
	})
	return first
}

// collectPart is collect for a part of a wide image.
func (d *database) collectPart(lay *layout, code int64, width int, row string) error {
	if eventPart(code) == 0 {
		d.partial = d.partial[:0]
	}
	for row != "" {
		v, rest, err := dbsp.DecodeIdentity(row)
		if err != nil {
			return err
		}
		d.partial, row = append(d.partial, v), rest
	}
	if len(d.partial) < width {
		return nil
	}
	return d.track(lay, int(code&7), d.partial)
}
