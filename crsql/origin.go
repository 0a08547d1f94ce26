package crsql

import (
	"cmp"
	"slices"
)

// Run says of which state the next N changes of a reply are part: the earliest that the sender knows to have them.
type Run struct {
	Mark MarkID
	N    int
}

// mostRuns bounds the runs of a reply, as each takes a version of its own at the receiver. With more, all changes count as
// part of the sender's state.
const mostRuns = 64

// merged is a row of crsql_merges: versions whose changes are part of the state of a mark.
type merged struct {
	span
	mark MarkID
}

func (x *exchange) merges(from int64) (all []merged, err error) {
	var m merged
	var id []byte
	const text = "SELECT first, last, mark FROM crsql_merges WHERE last >= ? ORDER BY first"
	err = x.each(text, []any{from}, []any{&m.first, &m.last, &id}, func() {
		m.mark = MarkID(id)
		all = append(all, m)
	})
	return all, err
}

func markAt(m Mark, version int64) int { return cmp.Compare(m.Version, version) }

func mergeTo(m merged, version int64) int { return cmp.Compare(m.last, version) }

// runs finds the states that changes are part of: where they were merged, that which they came from; otherwise the first
// state of this file's own, at or after their version, that has a mark.
func runs(changes []Change, merges []merged, own map[MarkID]int64, at Mark) []Run {
	marks := []Mark{at}
	for id, version := range own {
		if version < at.Version {
			marks = append(marks, Mark{Version: version, ID: id})
		}
	}
	slices.SortFunc(marks, func(a, b Mark) int { return cmp.Compare(a.Version, b.Version) })
	var list []Run
	for i := range changes {
		c := &changes[i]
		id := at.ID
		if i, _ := slices.BinarySearchFunc(marks, c.DBVersion, markAt); i < len(marks) {
			id = marks[i].ID
		}
		i, _ := slices.BinarySearchFunc(merges, c.DBVersion, mergeTo)
		if i < len(merges) && merges[i].first <= c.DBVersion && c.ColVersion > 0 {
			id = merges[i].mark
		}
		if n := len(list); n > 0 && list[n-1].Mark == id {
			list[n-1].N++
		} else {
			list = append(list, Run{id, 1})
		}
	}
	if len(list) > mostRuns {
		return []Run{{at.ID, len(changes)}}
	}
	return list
}
