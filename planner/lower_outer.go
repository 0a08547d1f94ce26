package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// shared lowers what is used in several places once, with the columns that any of them needs. In the first pass, which
// finds these out, each use that needs more is lowered by itself.
func (l *lowering) shared(r *shared, need colSet) stream {
	if l.done == nil {
		if known := l.sharing[r]; known != nil && need.within(known) {
			return l.seen[r]
		}
		l.sharing[r] = union(l.sharing[r], need)
		l.seen[r] = l.lower(r.in, l.sharing[r])
		l.kept[l.seen[r].node] = true
		return l.seen[r]
	}
	s, ok := l.done[r]
	if !ok {
		s = l.lower(r.in, l.sharing[r])
		l.done[r] = s
		l.kept[s.node] = true
	}
	return s
}

// one is an aggregate of nothing over nothing.
func (l *lowering) one() stream {
	u := l.add(&unionNode{})
	n := &aggregateNode{output: output{inputs: []int{u}}}
	n.aggregate = dbsp.Aggregate{ID: l.id(), VariantsID: l.id(), ElementsID: l.id(), Global: true}
	return stream{node: l.add(n), at: map[colID]int{}}
}

// constants adds the columns that are needed.
func (l *lowering) constants(r *constants, need colSet) stream {
	below := colSet{}
	for id := range need {
		if !slices.Contains(r.nulls, id) && !slices.Contains(r.ones, id) {
			below.add(id)
		}
	}
	s := l.lower(r.in, below)
	node, at := l.laid(s, below, need.sorted(), r.ones)
	return stream{node: node, at: at}
}

// laid returns a node with the columns ids of s, in that order: those of have from s, of ones 1, and the others NULL.
func (l *lowering) laid(s stream, have colSet, ids, ones []colID) (int, map[colID]int) {
	n := &constantNode{output: output{inputs: []int{s.node}}}
	at := map[colID]int{}
	for i, id := range ids {
		at[id] = i
		col := column(l.cols.of(id))
		switch {
		case slices.Contains(ones, id):
			n.positions = append(n.positions, dbsp.OneColumn)
		case have.has(id):
			n.positions = append(n.positions, s.at[id])
			col = l.nodes[s.node].Columns()[s.at[id]]
		default:
			n.positions = append(n.positions, dbsp.NullColumn)
		}
		n.columns = append(n.columns, col)
	}
	if !slices.Contains(n.positions, dbsp.OneColumn) && !slices.Contains(n.positions, dbsp.NullColumn) {
		return l.permute(s.node, n.positions), at
	}
	return l.add(n), at
}

// lookup lowers a join with at most one partner for each row of the left, which it keeps: the inner join, and those rows
// of the left that are not in it.
func (l *lowering) lookup(r *lookup, need colSet) stream {
	inner := &equijoin{left: r.in, right: r.to, keys: r.keys, wholeLeft: true}
	have := r.in.columns()
	own := colSet{}
	for id := range need {
		if have.has(id) {
			own.add(id)
		}
	}
	if r.missing {
		return l.unmatched(inner, own, own.sorted())
	}
	ids := need.sorted()
	left, joined := l.joinSides(inner, need)
	rest := l.subtract(left, joined, own, ids)
	node, at := l.laid(joined, need, ids, nil)
	return l.either(ids, at, node, rest.node)
}

// either is the sum of nodes whose rows have the columns ids.
func (l *lowering) either(ids []colID, at map[colID]int, nodes ...int) stream {
	n := &unionNode{output: output{inputs: nodes}}
	for _, id := range ids {
		n.columns = append(n.columns, column(l.cols.of(id)))
	}
	return stream{node: l.add(n), at: at}
}

// unmatched returns the rows of inner's left side that are not in it, inner having each at most once: columns ids, those
// that are not own NULL.
func (l *lowering) unmatched(inner *equijoin, own colSet, ids []colID) stream {
	left, joined := l.joinSides(inner, own)
	return l.subtract(left, joined, own, ids)
}

// subtract returns the rows of left less those of joined, by the columns own that both have.
func (l *lowering) subtract(left, joined stream, own colSet, ids []colID) stream {
	n := &differenceNode{output: output{inputs: []int{left.node, joined.node}}}
	out := stream{at: map[colID]int{}}
	for i, id := range ids {
		out.at[id] = i
		if own.has(id) {
			n.positions, n.less = append(n.positions, left.at[id]), append(n.less, joined.at[id])
			n.columns = append(n.columns, l.nodes[left.node].Columns()[left.at[id]])
		} else {
			n.positions, n.less = append(n.positions, dbsp.NullColumn), append(n.less, dbsp.NullColumn)
			n.columns = append(n.columns, column(l.cols.of(id)))
		}
	}
	out.node = l.add(n)
	return out
}

// outer lowers an outer join: the inner join, and for each kept side its rows that are not in it, with NULLs.
func (l *lowering) outer(r *outerJoin, need colSet) stream {
	if j := byKeys(r.inner, r.left, true); j != nil && !r.keepRight && l.cols.uniqueBy(j) {
		return l.lookup(&lookup{in: j.left, to: j.right, keys: j.keys}, need)
	}
	if j := byKeys(r.inner, r.right, false); j != nil && !r.keepLeft && l.cols.uniqueBy(j) {
		return l.lookup(&lookup{in: j.left, to: j.right, keys: j.keys}, need)
	}
	ids := need.sorted()
	inner := r.inner
	if j, ok := inner.(*equijoin); ok {
		whole := *j
		whole.wholeLeft, whole.wholeRight = r.keepLeft, r.keepRight
		inner = &whole
	}
	s := l.lower(inner, need)
	node, at := l.laid(s, need, ids, nil)
	nodes := []int{node}
	if r.keepLeft {
		nodes = append(nodes, l.alone(r, true, need, ids))
	}
	if r.keepRight {
		nodes = append(nodes, l.alone(r, false, need, ids))
	}
	return l.either(ids, at, nodes...)
}

// alone returns the rows of one side of an outer join that have no partner: columns ids, the other side's NULL.
//
// Where the inner join is one by keys alone, they are those whose key no row of the other side has. Else they are those
// that the inner join does not show: rows that are alike in all that the condition and the result need have the same
// partners.
func (l *lowering) alone(r *outerJoin, left bool, need colSet, ids []colID) int {
	side := r.right
	if left {
		side = r.left
	}
	have := side.columns()
	own := colSet{}
	for id := range need {
		if have.has(id) {
			own.add(id)
		}
	}
	if j := byKeys(r.inner, side, left); j != nil {
		d := &distinction{in: j.right}
		for _, k := range j.keys {
			if !d.has(k.right) {
				d.cols = append(d.cols, groupKey{id: k.right, collation: k.collation, identity: k.identity})
			}
		}
		return l.unmatched(&equijoin{left: j.left, right: d, keys: j.keys, wholeLeft: true}, own, ids).node
	}
	alike := union(own)
	for _, p := range r.preds {
		for id := range refsOf(p) {
			if have.has(id) {
				alike.add(id)
			}
		}
	}
	d := &distinction{in: r.inner}
	inner := &equijoin{left: side, right: &unionAll{branches: []rel{d}, cols: [][]colID{nil}}, wholeLeft: true}
	u := inner.right.(*unionAll)
	for _, id := range alike.sorted() {
		d.cols = append(d.cols, groupKey{id: id, identity: true})
		c := l.cols.add(*l.cols.of(id))
		u.cols[0], u.outs = append(u.cols[0], id), append(u.outs, c)
		inner.keys = append(inner.keys, joinKey{left: id, right: c, identity: true})
	}
	if len(d.cols) == 0 {
		// A side of which nothing is asked: whether the other has rows.
		id := l.cols.add(colInfo{name: "1", affinity: AffinityInteger, collation: binary, uniform: true, content: onlyNumbers})
		d.in, d.cols = &constants{in: r.inner, ones: []colID{id}}, []groupKey{{id: id, collation: binary}}
		u.cols[0], u.outs = []colID{id}, []colID{l.cols.add(*l.cols.of(id))}
	}
	return l.unmatched(inner, own, ids).node
}

// uniqueBy tells whether j's right side has at most one row for each key.
func (c *columns) uniqueBy(j *equijoin) bool {
	fixed := fixedColumn{}
	for _, k := range j.keys {
		if k.identity {
			fixed[k.right] = binary
		} else {
			fixed[k.right] = k.collation
		}
	}
	return c.single(j.right, fixed)
}

// byKeys returns the inner join as one of side, on its left, with the other side, where it is a join by keys of the whole
// side and nothing else; else nil.
func byKeys(inner, side rel, left bool) *equijoin {
	j, ok := inner.(*equijoin)
	if !ok || len(j.keys) == 0 {
		return nil
	}
	out := &equijoin{left: j.left, right: j.right, keys: j.keys}
	if !left {
		out.left, out.right, out.keys = j.right, j.left, nil
		for _, k := range j.keys {
			k.left, k.right = k.right, k.left
			out.keys = append(out.keys, k)
		}
	}
	whole := out.left
	if x, ok := whole.(*extend); ok {
		whole = x.in
	}
	for i, k := range out.keys {
		for _, o := range out.keys[:i] {
			if o.right == k.right && (o.collation != k.collation || o.identity != k.identity) {
				return nil
			}
		}
	}
	if whole != side {
		return nil
	}
	return out
}
