package crsql

import (
	"math"
	"strings"
)

// take adds the changes of a span that come after a place in it or before it, up to limit.
func (x *exchange) take(s span, after Position, limit int, reply *Reply) error {
	end := Position{Version: s.last, Seq: math.MaxInt64}
	if limit > 0 {
		var err error
		if end, reply.More, err = x.pageEnd(s, after, limit-len(reply.Changes)); err != nil {
			return err
		}
	}
	// Conditions of one version at most on seq let the scan skip what it does not need before it reads the values.
	type part struct {
		where string
		args  []any
	}
	var parts []part
	if after.Version == end.Version {
		parts = append(parts, part{"db_version = ? AND seq > ? AND seq <= ?", []any{end.Version, after.Seq, end.Seq}})
	} else {
		if after.Seq != math.MaxInt64 {
			parts = append(parts, part{"db_version = ? AND seq > ?", []any{after.Version, after.Seq}})
		}
		if end.Version > after.Version+1 {
			parts = append(parts, part{"db_version > ? AND db_version < ?", []any{after.Version, end.Version}})
		}
		parts = append(parts, part{"db_version = ? AND seq <= ?", []any{end.Version, end.Seq}})
	}
	for _, p := range parts {
		if s.merged {
			p.where += " AND col_version = 0"
		}
		for c, err := range selectChanges(x.ctx, x, p.where, p.args) {
			if err != nil {
				return err
			}
			reply.Changes = append(reply.Changes, c)
		}
	}
	if reply.More {
		end.Mark = reply.At.ID
		reply.Next = end
	}
	return nil
}

// pageEnd returns where the nth change of a span is, counted after a place, and whether there are as many; otherwise the
// span's end.
func (x *exchange) pageEnd(s span, after Position, n int) (end Position, full bool, err error) {
	end = Position{Version: s.last, Seq: math.MaxInt64}
	tables, err := x.clockedTables()
	if err != nil || len(tables) == 0 || len(tables) > maxCompound {
		return end, false, err
	}
	where := " WHERE db_version > ?1 AND db_version <= ?3 AND ?2 IS NOT NULL"
	if after.Seq != math.MaxInt64 {
		where = " WHERE db_version >= ?1 AND db_version <= ?3 AND (db_version > ?1 OR seq > ?2)"
	}
	if s.merged {
		where += " AND col_version = 0"
	}
	var clocks []string
	for _, t := range tables {
		clocks = append(clocks, "SELECT db_version, seq FROM "+ident(t+clockSuffix)+where)
	}
	err = x.each(strings.Join(clocks, " UNION ALL ")+" ORDER BY 1, 2 LIMIT 1 OFFSET ?4",
		[]any{after.Version, after.Seq, s.last, n - 1}, []any{&end.Version, &end.Seq}, func() { full = true })
	return end, full, err
}

// maxCompound is how many SELECTs SQLite joins by UNION ALL.
const maxCompound = 500
