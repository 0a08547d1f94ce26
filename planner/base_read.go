package planner

import (
	"fmt"
	"slices"
	"strings"
)

// readBase decides which side of a join, if any, is read from its base table instead of being kept. That needs a side
// which is a table as it is, used once in the view, and an index (or primary key) that begins with a key column and
// compares as the key does. Of two sides that qualify, the one whose keys repeat is read: the other's copy is smaller.
func (l *lowering) readBase(n *joinNode, r *equijoin) {
	if len(r.keys) == 0 {
		return
	}
	left, lUnique, lAdvice := l.baseRead(n, r, true)
	right, rUnique, rAdvice := l.baseRead(n, r, false)
	// Rows of which all show had better come after their partners, so such a side is kept, unless it is much the larger one.
	both := left != nil && right != nil && l.wholes.allowed
	switch {
	case r.wholeLeft && both && rUnique && !lUnique, r.wholeRight && both && lUnique && !rUnique:
		l.wholes.read = true
	default:
		if r.wholeLeft {
			left, lAdvice = nil, ""
		}
		if r.wholeRight {
			right, rAdvice = nil, ""
		}
	}
	switch {
	case left != nil && right != nil:
		if rUnique && !lUnique {
			n.left.base = left
		} else {
			n.right.base = right
		}
	case left != nil:
		n.left.base = left
	case right != nil:
		n.right.base = right
	default:
		n.left.advice, n.right.advice = lAdvice, rAdvice
	}
}

// baseRead returns how one side would be read from its table, nil when it can't be. Where only an index is missing,
// advice says which.
func (l *lowering) baseRead(n *joinNode, r *equijoin, left bool) (b *BaseRead, unique bool, advice string) {
	side, node := &n.right, n.inputs[1]
	if left {
		side, node = &n.left, n.inputs[0]
	}
	src, positions := l.tableBelow(node)
	if src == nil || l.sourcesBelow(n.inputs[other(left)])[src.source] {
		return nil, false, ""
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
			return nil, false, ""
		}
		at := positions[side.columns[i]]
		c := t.Columns[source.Columns[at]]
		if own.affinity.class() != beside.affinity.class() || !strings.EqualFold(orBinary(c.Collation), k.collation) {
			return nil, false, ""
		}
		b.Key = append(b.Key, at)
		keys[source.Columns[at]] = k.collation
		names = append(names, c.Name)
	}
	if _, ok := keys[t.RowidAlias]; ok && t.RowidAlias >= 0 {
		b.Index = "primary key"
		return b, true, ""
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
			best, b.Index, unique = n, "index "+x.Name, x.Unique && n == len(x.Columns)
		}
	}
	if best == 0 {
		return nil, false, fmt.Sprintf("an index on %s(%s) would save the copy", t.Name, strings.Join(names, ", "))
	}
	return b, unique, ""
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

// stepOrder returns the order in which sources must be fed. A source that is read from its table shows its new rows as
// soon as the step begins, so it comes before every source whose deltas meet it there. Where that is impossible the
// base reads are given up.
func (l *lowering) stepOrder() []int {
	before := make([]map[int]bool, len(l.sources)) // before[s]: sources that s must precede
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
	better := l.partnersFirst()
	var order []int
	for len(order) < len(l.sources) {
		next := -1
		for s := range l.sources {
			if slices.Contains(order, s) || !free(before, order, s) {
				continue
			}
			if next < 0 || !free(better, order, next) && free(better, order, s) {
				next = s
			}
		}
		if next < 0 {
			l.giveUpBaseReads()
			return l.stepOrder()
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

func (l *lowering) giveUpBaseReads() {
	for _, n := range l.nodes {
		if j, ok := n.(*joinNode); ok {
			j.left.base, j.right.base = nil, nil
		}
	}
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
