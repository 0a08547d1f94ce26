package ext

import "github.com/sqlite-mv/sqlite-mv/dbsp"

// memoRows bounds the rows that a traceMemo remembers.
const memoRows = 1 << 18

// traceMemo remembers what a base table has under a join key, while a view is filled: nothing writes the table then, and
// the rows of the other side often have the same keys.
type traceMemo struct {
	known map[string][]dbsp.Row
	size  int // rows and keys
	// asked and found count since the memo was last emptied. It is useless when it was full and few had been found.
	asked, found int
	useless      bool
	key          []byte
}

// rows yields the rows under key, from read when they are not known.
func (m *traceMemo) rows(key dbsp.Row, read func(dbsp.Row, func(dbsp.Row, int64) error) error, yield func(dbsp.Row, int64) error) error {
	if m.useless {
		return read(key, yield)
	}
	m.key = dbsp.AppendRow(m.key[:0], key)
	m.asked++
	if rows, ok := m.known[string(m.key)]; ok {
		m.found++
		for _, r := range rows {
			if err := yield(r, 1); err != nil {
				return err
			}
		}
		return nil
	}
	if m.size > memoRows {
		m.useless = m.found < m.asked/4
		clear(m.known)
		m.size, m.asked, m.found = 0, 0, 0
	}
	id := string(m.key)
	var rows []dbsp.Row
	err := read(key, func(r dbsp.Row, weight int64) error {
		rows = append(rows, cloneRow(r))
		m.size++
		return yield(r, weight)
	})
	if err != nil {
		return err
	}
	m.size++
	m.known[id] = rows
	return nil
}
