package ext

import "github.com/sqlite-mv/sqlite-mv/ext/sqlite3"

// mirrorMost bounds the accumulators that a mirror holds.
const mirrorMost = 1024

// mirror holds accumulators of output rows as this connection last wrote them, so that a small transaction need not read
// what the one before it wrote. It is right as long as nobody else changed the file, which the pager's data version
// tells, and nothing was rolled back, after which it is emptied. Where the version can't be known, it stays empty.
type mirror struct {
	rows    map[string]string // by group key
	version uint32
}

// get returns the accumulator under key, if the mirror has it.
func (m *mirror) get(e *engine, schema, key string) (string, bool) {
	if len(m.rows) == 0 {
		return "", false
	}
	if v, ok := e.dataVersion(schema); !ok || v != m.version {
		m.forget()
		return "", false
	}
	s, ok := m.rows[key]
	return s, ok
}

// wrote notes that the accumulator under key was written with its row, where a rollback of that will be heard.
func (m *mirror) wrote(d *database, key, state string) {
	v, ok := d.e.dataVersion(d.name)
	if !ok || len(d.enlisted) == 0 {
		m.forget()
		return
	}
	if v != m.version || len(m.rows) >= mirrorMost {
		m.forget()
	}
	if m.rows == nil {
		m.rows = map[string]string{}
	}
	m.rows[key], m.version = state, v
}

// removed notes that the row under key is gone, or that something else stands there.
func (m *mirror) removed(key string) { delete(m.rows, key) }

func (m *mirror) forget() { clear(m.rows) }

// dataVersion is sqlite3.DataVersioner's, where the binding is one.
func (e *engine) dataVersion(schema string) (uint32, bool) {
	if d, ok := e.conn.(sqlite3.DataVersioner); ok {
		return d.DataVersion(schema)
	}
	return 0, false
}

// unmirror empties the views' mirrors: what was written may have been taken back.
func (d *database) unmirror() {
	for _, v := range d.views {
		if v.machine != nil {
			v.machine.state.mirror.forget()
		}
	}
}
