package planner

import (
	"fmt"
	"slices"
	"strings"
)

// readBase decides which sides of a join are read from their base tables instead of being kept. That needs a side which is
// a table as it is, used once in the view, and an index (or primary key) that begins with a key column and compares as the
// key does.
func (l *lowering) readBase(n *joinNode, r *equijoin) {
	if len(r.keys) == 0 {
		return
	}
	n.left.base, n.left.advice = l.baseRead(n, r, true)
	n.right.base, n.right.advice = l.baseRead(n, r, false)
}

// baseRead returns how one side would be read from its table, nil when it can't be. Where only an index is missing,
// advice says which.
func (l *lowering) baseRead(n *joinNode, r *equijoin, left bool) (b *BaseRead, advice string) {
	side, node := &n.right, n.inputs[1]
	if left {
		side, node = &n.left, n.inputs[0]
	}
	src, positions := l.tableBelow(node)
	if src == nil || l.sourcesBelow(n.inputs[other(left)])[src.source] {
		return nil, ""
	}
	source := l.sources[src.source]
	t := source.Table
	b = &BaseRead{Source: src.source, Columns: positions}
	keys := map[int]string{} // table column -> collation of the key
	var names []string
	for i, k := range r.keys {
		own, beside := l.cols.of(k.left), l.cols.of(k.right)
		if !left {
			own, beside = beside, own
		}
		if k.identity || k.nulls {
			return nil, ""
		}
		at := positions[side.columns[i]]
		c := t.Columns[source.Columns[at]]
		if own.affinity.class() != beside.affinity.class() || !strings.EqualFold(orBinary(c.Collation), k.collation) {
			return nil, ""
		}
		b.Key, b.Collations = append(b.Key, at), append(b.Collations, k.collate())
		keys[source.Columns[at]] = k.collation
		names = append(names, c.Name)
	}
	if _, ok := keys[t.RowidAlias]; ok && t.RowidAlias >= 0 {
		b.Index = "primary key"
		return b, ""
	}
	best := 0
	for _, x := range t.Indexes {
		n := 0
		for n < len(x.Columns) {
			c, ok := keys[x.Columns[n]]
			if !ok || !strings.EqualFold(orBinary(x.Collations[n]), c) {
				break
			}
			n++
		}
		if n > best {
			best, b.Index = n, "index "+x.Name
		}
	}
	if best == 0 {
		return nil, fmt.Sprintf("an index on %s(%s) would save the copy", t.Name, strings.Join(names, ", "))
	}
	return b, ""
}

// other returns the input beside the left one, or the right one.
func other(left bool) int {
	if left {
		return 1
	}
	return 0
}

// tableBelow returns the source of a join side that is an ordinary table as it is, used once in the view, and what the
// side's rows consist of, as positions in the source's; nil for any other side.
func (l *lowering) tableBelow(node int) (src *sourceNode, positions []int) {
	p, permuted := l.nodes[node].(*permuteNode)
	if permuted {
		node = p.inputs[0]
	}
	src, ok := l.nodes[node].(*sourceNode)
	if !ok {
		return nil, nil
	}
	if t := l.sources[src.source].Table; t.Kind != OrdinaryTable || l.uses[t] != 1 {
		return nil, nil
	}
	if permuted {
		return src, p.positions
	}
	return src, upTo(len(src.columns))
}

// upTo returns 0, 1, …, n-1.
func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// orders returns the orders in which sources are fed, in a step and when the view is filled. A source that is read from
// its table shows its new rows as soon as the step begins: where it comes before those whose deltas meet it there, nothing
// has to be remembered of what it showed before. When the view is filled partners come first.
func (l *lowering) orders() (step, fill []int) {
	before := make([]map[int]bool, len(l.sources)) // before[s]: sources that s had better precede
	for i := range before {
		before[i] = map[int]bool{}
	}
	for _, n := range l.nodes {
		j, ok := n.(*joinNode)
		if !ok {
			continue
		}
		for i, side := range []*joinInput{&j.left, &j.right} {
			if side.base != nil {
				for s := range l.sourcesBelow(j.inputs[1-i]) {
					before[side.base.Source][s] = true
				}
			}
		}
	}
	partners := l.partnersFirst()
	return l.order(before, partners), l.order(partners, before)
}

// order lists the sources: those that nothing has to precede, best those that nothing should; all else as they come.
func (l *lowering) order(must, should []map[int]bool) []int {
	var order []int
	for len(order) < len(l.sources) {
		next, rank := -1, 0
		for s := range l.sources {
			if slices.Contains(order, s) {
				continue
			}
			r := 1
			if free(must, order, s) {
				r += 2
			}
			if free(should, order, s) {
				r++
			}
			if r > rank {
				next, rank = s, r
			}
		}
		order = append(order, next)
	}
	return order
}

// free tells whether all that must precede s are in order.
func free(before []map[int]bool, order []int, s int) bool {
	for o := range before {
		if o != s && before[o][s] && !slices.Contains(order, o) {
			return false
		}
	}
	return true
}

// partnersFirst returns which sources should precede which others: the partners of a side of which all rows show. Fed the
// other way round, its rows would show without partners first.
func (l *lowering) partnersFirst() []map[int]bool {
	before := make([]map[int]bool, len(l.sources))
	for i := range before {
		before[i] = map[int]bool{}
	}
	for _, n := range l.nodes {
		j, ok := n.(*joinNode)
		if !ok || j.wholeLeft == j.wholeRight {
			continue
		}
		whole, partners := j.inputs[0], j.inputs[1]
		if j.wholeRight {
			whole, partners = partners, whole
		}
		for s := range l.sourcesBelow(whole) {
			for p := range l.sourcesBelow(partners) {
				if p != startSource && p != s && !l.sourcesBelow(whole)[p] {
					before[p][s] = true
				}
			}
		}
	}
	return before
}

// startSource stands among sources for what a circuit puts out when it starts.
const startSource = -1

// sourcesBelow returns the sources that reach node.
func (l *lowering) sourcesBelow(node int) map[int]bool {
	if found, ok := l.below[node]; ok {
		return found
	}
	found := map[int]bool{}
	l.below[node] = found
	switch n := l.nodes[node].(type) {
	case *sourceNode:
		found[n.source] = true
	case *aggregateNode:
		if n.aggregate.Global {
			found[startSource] = true
		}
	case *regroupNode:
		if n.regroup.Global {
			found[startSource] = true
		}
	}
	for _, in := range l.nodes[node].Inputs() {
		for s := range l.sourcesBelow(in) {
			found[s] = true
		}
	}
	return found
}
