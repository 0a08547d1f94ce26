package planner

import "slices"

func (l *lowering) join(r *equijoin, need colSet) stream {
	n := &joinNode{}
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
		collation, _ := builtinCollation(k.collation)
		n.collations = append(n.collations, collation)
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
		n.inputs[i] = l.keepIdentities(side, n.inputs[i])
	}
	ls.node, rs.node = n.inputs[0], n.inputs[1]
	n.columns = slices.Concat(l.nodes[ls.node].Columns(), l.nodes[rs.node].Columns())
	out := stream{node: l.add(n), at: map[colID]int{}}
	for id, p := range ls.at {
		out.at[id] = p
	}
	for id, p := range rs.at {
		out.at[id] = l.width(ls.node) + p
	}
	return out
}
