package ext

import (
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// clean is what a view's table remembers of a read for which nothing was pending and nothing was wrong: as long as the
// database's content is what it was then, and this connection has no transaction of the engine's open, the next read need not
// look at the catalog and at failures again.
type clean struct {
	stamp uint32
	loads int64 // of the catalog
	v     *view // nil when there is nothing to go by
	plan  *planner.Plan
}

// reading reports that a read transaction, and no write transaction, is known to be open on a database.
func (e *engine) reading(schema string) bool {
	s, ok := e.conn.(sqlite3.Stamper)
	if ok {
		_, ok = s.Stamp(schema)
	}
	return ok
}

// remember notes that the view is as stored.
func (t *viewVTab) remember(v *view, m *machine) {
	t.clean = clean{}
	if s, ok := t.db.e.conn.(sqlite3.Stamper); ok && len(t.db.enlisted) == 0 && !t.db.foreign {
		if stamp, ok := s.Stamp(t.db.name); ok {
			t.clean = clean{stamp, t.db.loads, v, m.plan}
		}
	}
}

// unchanged returns the view and its plan if it still is as it was remembered, otherwise nil.
func (t *viewVTab) unchanged() (*view, *planner.Plan) {
	k, d := &t.clean, t.db
	if k.v == nil || k.loads != d.loads || !d.loaded || k.v.stale != "" || len(d.enlisted) > 0 {
		return nil, nil
	}
	if stamp, ok := d.e.conn.(sqlite3.Stamper).Stamp(d.name); !ok || stamp != k.stamp {
		return nil, nil
	}
	return k.v, k.plan
}
