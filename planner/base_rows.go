package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// keepIdentities decides that a kept join side needs no copy of its rows: where it is a base table with a primary key,
// used once in the view, the arrangement under the join key holds primary keys, and what else is needed is read from the
// table. So a change of other columns does not write to the arrangement. It returns the side's node, which has the
// primary key among its columns.
//
// A bare rowid is no identity here, as VACUUM changes it.
func (l *lowering) keepIdentities(side *joinInput, node, beside int) int {
	if side.base != nil {
		return node
	}
	src, positions := l.tableBelow(node)
	if src == nil {
		return node
	}
	if l.sourcesBelow(beside)[src.source] {
		return node
	}
	source := l.sources[src.source]
	t := source.Table
	key := primaryKey(t)
	if len(key) == 0 {
		return node
	}
	// Of a row that is all join key and primary key, nothing is left to be read.
	rest := slices.ContainsFunc(positions, func(p int) bool {
		return !slices.Contains(key, source.Columns[p]) && !slices.ContainsFunc(side.columns, func(c int) bool { return positions[c] == p })
	})
	if !rest {
		return node
	}
	b := &BaseRows{ID: side.id, Source: src.source}
	positions = slices.Clone(positions)
	side.ident = nil
	for _, c := range key {
		l.needed[t][c] = true
		in := slices.Index(source.Columns, c)
		own := slices.Index(positions, in)
		if own < 0 {
			own = len(positions)
			positions = append(positions, in)
		}
		b.Identity = append(b.Identity, in)
		side.ident = append(side.ident, own)
	}
	b.Columns = positions
	side.rows = b
	return l.permute(l.node[t], positions)
}

// primaryKey returns the positions of the columns that identify a row of t for good, none where there are none.
func primaryKey(t *Table) []int {
	if !t.WithoutRowid {
		if t.RowidAlias < 0 {
			return nil
		}
		return []int{t.RowidAlias}
	}
	var key []int
	for n := 1; ; n++ {
		c := slices.IndexFunc(t.Columns, func(c TableColumn) bool { return c.PK == n })
		if c < 0 {
			return key
		}
		if _, ok := dbsp.CollationNamed(orBinary(t.Columns[c].Collation)); !ok {
			return nil
		}
		key = append(key, c)
	}
}
