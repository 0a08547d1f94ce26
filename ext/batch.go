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
		return nil
	}
	if d.accepted == nil {
		d.accepted = map[int64]*layout{}
	}
	whole := eventCode(lay.id, wholeImage, kind)
	if _, width, err := lay.eventWidth(whole); err == nil && d.e.sole == d && width <= offerWidth {
		code, n = whole, width
	}
	if !lay.doubted && (kind != eventUpdate || !d.e.replacing || !lay.byRowid) {
		d.accepted[code] = lay
		d.waiting.Accept(code, n)
	}
	return d.highest(lay, kind)
}

// refuseBatch collects what waits, and lets nothing wait until allowBatch is called.
func (d *database) refuseBatch() error {
	if d.waiting == nil {
		return nil
	}
	d.waiting.Refuse()
	err := d.collect()
	clear(d.accepted)
	return err
}

// dropBatch forgets what waits: its transaction is over.
func (d *database) dropBatch() {
	if d.waiting != nil {
		d.waiting.Refuse()
		d.waiting.Take()
		clear(d.accepted)
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
				last, lay = code, d.accepted[code]
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
