package planner

import "slices"

func (l *lowering) join(r *equijoin, need colSet) stream {
	_, out := l.joinSides(r, need)
	return out
}

// joinSides lowers a join; left is its left input, with the columns that need and the keys ask for.
func (l *lowering) joinSides(r *equijoin, need colSet) (left, out stream) {
	n := &joinNode{wholeLeft: r.wholeLeft, wholeRight: r.wholeRight, rare: r.rare}
	lc, rc := r.left.columns(), r.right.columns()
	ln, rn := colSet{}, colSet{}
	for id := range need {
		if lc.has(id) {
			ln.add(id)
		} else if rc.has(id) {
			rn.add(id)
		}
	}
	for _, k := range r.keys {
		ln.add(k.left)
		rn.add(k.right)
		collation := k.collate()
		n.collations, n.nulls = append(n.collations, collation), append(n.nulls, k.nulls)
		n.keys = append(n.keys, l.cols.of(k.left).name+" = "+l.cols.of(k.right).name+collated(collation))
	}
	ls := l.exact(l.lower(r.left, ln), ln)
	rs := l.exact(l.lower(r.right, rn), rn)
	n.left.id, n.right.id = l.id(), l.id()
	for _, k := range r.keys {
		n.left.columns = append(n.left.columns, ls.at[k.left])
		n.right.columns = append(n.right.columns, rs.at[k.right])
	}
	n.inputs = []int{ls.node, rs.node}
	l.readBase(n, r)
	for i, side := range []*joinInput{&n.left, &n.right} {
		s := []*stream{&ls, &rs}[i]
		s.node = l.keepIdentities(side, s.node, n.inputs[1-i])
		l.unpermute(side, s)
		n.inputs[i] = s.node
	}
	l.readGroups(n)
	n.columns = slices.Concat(l.nodes[ls.node].Columns(), l.nodes[rs.node].Columns())
	out = stream{node: l.add(n), at: map[colID]int{}}
	for id, p := range ls.at {
		out.at[id] = p
	}
	for id, p := range rs.at {
		out.at[id] = l.width(ls.node) + p
	}
	return ls, out
}

// unpermute leaves out a reordering of all columns of a join side's table: the join can take the rows as they are.
func (l *lowering) unpermute(side *joinInput, s *stream) {
	p, ok := l.nodes[s.node].(*permuteNode)
	if !ok {
		return
	}
	src, ok := l.nodes[p.inputs[0]].(*sourceNode)
	if !ok || len(p.positions) != len(src.columns) {
		return
	}
	for i := range src.columns {
		n := slices.Index(p.positions, i)
		if n < 0 || p.columns[n] != src.columns[i] { // another declaration under another name
			return
		}
	}
	side.columns = at(p.positions, side.columns)
	side.ident = at(p.positions, side.ident)
	if side.rows != nil {
		side.rows.Columns = upTo(len(src.columns))
	}
	if side.base != nil {
		side.base.Columns = upTo(len(src.columns))
	}
	for id, n := range s.at {
		s.at[id] = p.positions[n]
	}
	s.node = p.inputs[0]
}
