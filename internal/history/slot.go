package history

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// openStep opens a query that stays open: a cursor on a view, or a writing statement with RETURNING.
func (x *execution) openStep(s *Step) error {
	stmt := s.SQL()
	writes := dataStatement.MatchString(stmt)
	if !writes && (x.Mode == oracle.Plain || !x.exists(x.subject, strings.TrimPrefix(stmt, "SELECT * FROM "))) {
		return nil
	}
	x.rep.Statements++
	slot := &openSlot{writes: writes}
	var err error
	slot.query, err = oracle.OpenRows(ctx, x.subject.conn, stmt, s.n, !writes)
	x.rep.outcomes[x.at] = err
	x.note(stmt, err)
	x.dml = false // changes() is what it is while the statement is open
	if writes && x.twin != nil {
		var twinErr error
		slot.twin, twinErr = oracle.OpenRows(ctx, x.twin.conn, stmt, s.n, false)
		x.rep.outcomes[x.at] = twinErr
		if (outcome{err: err}).locked() {
			if slot.twin != nil {
				slot.twin.Close()
				slot.twin = nil
			}
			x.loseTwin()
		} else if core(err) != core(twinErr) {
			return wrong("outcome", "error %v, without materialized views %v\n  statement, left open: %s", err, twinErr, stmt)
		}
	}
	if err != nil {
		if slot.query != nil {
			slot.query.Close()
		}
		if slot.twin != nil {
			slot.twin.Close()
		}
		if name := strings.TrimPrefix(stmt, "SELECT * FROM "); !writes && !x.mayStale[name] && !x.temp && !x.failedView(name) && !x.lazy(name, err) &&
			!strings.Contains(err.Error(), "can't be read while a write statement runs") {
			return wrong("cursor", "opening: %v\n  query: %s", err, stmt)
		}
		return nil
	}
	x.slots[s.slot] = slot
	return nil
}

// slotStep reads on in an open query, or closes it.
func (x *execution) slotStep(s *Step) error {
	slot := x.slots[s.slot]
	if slot == nil {
		return nil
	}
	if s.kind == stepRead {
		err := slot.query.Step(s.n)
		if (outcome{err: err}).locked() {
			x.loseTwin()
		}
		if slot.twin != nil {
			if twinErr := slot.twin.Step(s.n); core(err) != core(twinErr) {
				return wrong("outcome", "reading on in an open statement: error %v, without materialized views %v", err, twinErr)
			}
		}
		return x.cursorError(slot, err)
	}
	delete(x.slots, s.slot)
	x.dml = false
	if s.kind == stepDrop {
		err := slot.query.Close()
		if (outcome{err: err}).locked() && slot.twin != nil {
			slot.twin.Close()
			slot.twin = nil
			x.loseTwin()
		}
		if slot.twin != nil {
			if twinErr := slot.twin.Close(); core(err) != core(twinErr) {
				return wrong("outcome", "closing an open statement: error %v, without materialized views %v", err, twinErr)
			}
		}
		return nil
	}
	err := slot.query.Finish()
	if (outcome{err: err}).locked() && slot.twin != nil {
		slot.twin.Close()
		slot.twin = nil
		x.loseTwin()
	}
	if slot.twin != nil {
		twinErr := slot.twin.Finish()
		if core(err) != core(twinErr) {
			return wrong("outcome", "an open statement ends with error %v, without materialized views %v", err, twinErr)
		}
		if err == nil && !slices.Equal(rowStrings(slot.query.Rows()), rowStrings(slot.twin.Rows())) {
			return wrong("returning", "an open statement returned %v, without materialized views %v", rowStrings(slot.query.Rows()),
				rowStrings(slot.twin.Rows()))
		}
	}
	return x.cursorError(slot, err)
}

// cursorError judges the error of reading an open query: SQLite itself aborts statements when a rollback takes back a
// change of the schema, and writing ones at every rollback.
func (x *execution) cursorError(slot *openSlot, err error) error {
	if err == nil || slot.aborted || slot.writes {
		return nil
	}
	return err
}
