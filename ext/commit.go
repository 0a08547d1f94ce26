package ext

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// sync is xSync: the transaction is about to commit.
func (d *database) sync() (err error) {
	t := &d.tx
	if err := d.collect(); err != nil {
		return err
	}
	if t.log.length() == t.written && t.images.empty() && len(t.rebuild)+len(t.arm) == 0 && !d.unwritten() {
		return nil
	}
	defer d.e.preserve().restore()
	if err := d.boundary(); err != nil {
		return err
	}
	if err := d.refresh(); err != nil && isDatabase(err) {
		return err
	}
	if err := d.step(); err != nil {
		if isDatabase(err) {
			return err
		}
		// The catalog can't be read: no state is written, and what it would have said is left to mv_check.
		return nil
	}
	if err := d.flush(); err != nil {
		return err
	}
	return d.renewTriggers()
}

// unwritten reports whether a view has to be recorded as stale.
func (d *database) unwritten() bool {
	for _, v := range d.views {
		if v.stale != "" && v.recorded == "" {
			return true
		}
	}
	return false
}

// flush writes all stepped, unwritten state to its tables.
func (d *database) flush() error {
	for _, v := range d.views {
		if v.stale != "" {
			if v.recorded == "" && v.format == FormatVersion {
				if err := d.record(v, v.stale); err != nil {
					return err
				}
			}
			continue
		}
		if v.machine == nil {
			continue
		}
		if err := d.flushView(v); err != nil {
			if isDatabase(err) {
				return err
			}
			d.fail(v, err)
			if err := d.record(v, v.stale); err != nil {
				return err
			}
		}
	}
	d.tx.written = d.tx.stepped
	return nil
}

// flushView writes one view's overlay. Open cursors on its output take what is left for them first.
func (d *database) flushView(v *view) error {
	m := v.machine
	if m.ops.Empty() && m.out.empty() {
		return nil
	}
	if err := v.drainCursors(); err != nil {
		return err
	}
	d.tx.flushed = true
	if err := m.ops.Flush(m.state); err != nil {
		return err
	}
	if err := m.state.settle(); err != nil {
		return err
	}
	err := m.state.writeOutput(m.out)
	m.out.reset()
	return err
}

// record writes a view's staleness to the catalog.
func (d *database) record(v *view, reason string) error {
	v.recorded = reason
	err := d.e.query("UPDATE "+qualified(d.name, viewsTable)+" SET state = ?2, reason = ?3 WHERE name = ?1",
		[]dbsp.Value{dbsp.NewText(v.name), dbsp.NewText(stateStale), dbsp.NewText(reason)}, nil)
	if err != nil {
		return err
	}
	return d.announce()
}

// announce lets other connections read the catalog again: it changes the schema, and with it the schema's version, which
// they look at.
func (d *database) announce() error {
	name := qualified(d.name, internalPrefix+"announce")
	return d.e.conn.Exec("CREATE TRIGGER " + name + " AFTER DELETE ON " + ident(viewsTable) + " WHEN 0 BEGIN SELECT 1; END; DROP TRIGGER " + name)
}

// committed is xCommit.
func (d *database) committed() {
	d.dropBatch()
	if d.tx.version != 0 {
		d.foreignVersion = d.tx.version
	}
	d.mirrorsCommitted()
	d.tx.end()
	d.forget()
	d.provisional = false
}

// rolledBack is xRollback.
func (d *database) rolledBack() {
	d.dropBatch()
	d.tx.end()
	d.forget()
	d.unmirror()
	d.loaded = false // schema changes may have been taken back
}

// rolledBackTo is xRollbackTo.
func (d *database) rolledBackTo(n int) {
	// What was captured since the last savepoint may belong to one that stays. A log that can't be spilled has it too.
	_ = d.refuseBatch()
	d.tx.rollbackTo(n)
	d.forget()
	d.unmirror()
	d.loaded = false
}

// forget drops what was stepped but not written.
func (d *database) forget() {
	for _, v := range d.views {
		if v.machine != nil {
			v.machine.forget()
		}
		if v.recorded == "" && v.stale != "" {
			d.loaded = false // found stale in this transaction only
		}
	}
	d.stretch++
}

// renewTriggers recreates triggers that are no longer the ones they should be, or no longer the newest.
func (d *database) renewTriggers() error {
	for _, w := range d.watchedList {
		if !w.outdated || w.table == nil || w.reason != "" {
			continue
		}
		if err := d.createTriggers(w.table, w.layout, !w.unarmed); err != nil {
			return fmt.Errorf("ext: table %s: renew its triggers: %w", w.layout.table, err)
		}
		d.loaded = false
	}
	return nil
}
