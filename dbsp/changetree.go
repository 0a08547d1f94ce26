package dbsp

import "slices"

// changeTree is a B+ tree of consolidated changes, sorted by key and element. Nodes are split in half when full and
// freed when empty, not before (Johnson and Shasha, "B-trees with Inserts and Deletes: Why Free-at-empty Is Better Than
// Merge-at-half", 1989). While cursors read, nodes that they may see are copied before they are changed.
type changeTree struct {
	text *arena
	root *treeNode
	size int
	// readers counts the cursors in use; nodes of an earlier epoch may be seen by them.
	readers int
	epoch   uint64
}

// treeNode is a leaf, of changes, or an inner node: then changes[i] bounds from below what is in children[i], and the
// weights mean nothing.
type treeNode struct {
	epoch    uint64
	changes  []change
	children []*treeNode
}

const (
	treeFull   = 64 // changes in a node at most
	treeFilled = 48 // changes in a node that is built
)

// add adds consolidated changes.
func (t *changeTree) add(sorted []change) {
	if len(sorted) == 0 {
		return
	}
	if t.readers > 0 {
		t.epoch++
	}
	if len(sorted) > t.size/8 {
		t.build(t.merged(sorted))
		return
	}
	for _, c := range sorted {
		left, right := t.insert(t.root, c)
		if right != nil {
			left = &treeNode{
				epoch:    t.epoch,
				changes:  []change{left.changes[0], right.changes[0]},
				children: []*treeNode{left, right},
			}
		}
		for left != nil && len(left.children) == 1 {
			left = left.children[0]
		}
		t.root = left
	}
}

// merged returns all changes of the tree with sorted, in new memory.
func (t *changeTree) merged(sorted []change) []change {
	all := make([]change, 0, t.size+len(sorted))
	var c treeCursor
	for c.first(t); c.valid(); c.next() {
		d := c.change()
		for len(sorted) > 0 && t.text.compareChanges(&sorted[0], d) < 0 {
			all = append(all, sorted[0])
			sorted = sorted[1:]
		}
		sum := *d
		if len(sorted) > 0 && t.text.compareChanges(&sorted[0], d) == 0 {
			sum.weight += sorted[0].weight
			sorted = sorted[1:]
		}
		if sum.weight != 0 {
			all = append(all, sum)
		}
	}
	return append(all, sorted...)
}

// build makes sorted the contents of the tree. The leaves share its memory.
func (t *changeTree) build(sorted []change) {
	t.size = len(sorted)
	var level []*treeNode
	for part := range slices.Chunk(sorted, treeFilled) {
		level = append(level, &treeNode{epoch: t.epoch, changes: part})
	}
	for len(level) > 1 {
		var above []*treeNode
		for children := range slices.Chunk(level, treeFilled) {
			n := &treeNode{epoch: t.epoch, children: children}
			for _, child := range children {
				n.changes = append(n.changes, child.changes[0])
			}
			above = append(above, n)
		}
		level = above
	}
	t.root = nil
	if len(level) == 1 {
		t.root = level[0]
	}
}

// insert adds c below n. It returns what takes the place of n, nil if it has become empty, and the node that is to
// follow it if it was split.
func (t *changeTree) insert(n *treeNode, c change) (*treeNode, *treeNode) {
	if n == nil {
		t.size++
		return &treeNode{epoch: t.epoch, changes: []change{c}}, nil
	}
	n = t.own(n)
	i, found := t.find(n, c.word, t.text.keyOf(&c), t.text.elementOf(&c))
	if n.children == nil {
		switch {
		case !found:
			n.changes = slices.Insert(n.changes, i, c)
			t.size++
		case n.changes[i].weight+c.weight != 0:
			n.changes[i].weight += c.weight
		default:
			n.changes = slices.Delete(n.changes, i, i+1)
			t.size--
		}
		return t.split(n)
	}
	if i == 0 {
		n.changes[0] = c
	}
	i = childIndex(i, found)
	child, right := t.insert(n.children[i], c)
	switch {
	case child == nil:
		n.children = slices.Delete(n.children, i, i+1)
		n.changes = slices.Delete(n.changes, i, i+1)
	case right != nil:
		n.children[i] = child
		n.children = slices.Insert(n.children, i+1, right)
		n.changes = slices.Insert(n.changes, i+1, right.changes[0])
	default:
		n.children[i] = child
	}
	return t.split(n)
}

// split splits n if it is too full; it returns nil for n if that is empty.
func (t *changeTree) split(n *treeNode) (*treeNode, *treeNode) {
	if len(n.changes) == 0 {
		return nil, nil
	}
	if len(n.changes) <= treeFull {
		return n, nil
	}
	half := len(n.changes) / 2
	right := &treeNode{epoch: t.epoch, changes: slices.Clone(n.changes[half:])}
	n.changes = n.changes[:half:half]
	if n.children != nil {
		right.children = slices.Clone(n.children[half:])
		n.children = n.children[:half:half]
	}
	return n, right
}

// own returns n, or a copy if a cursor may see n.
func (t *changeTree) own(n *treeNode) *treeNode {
	if t.readers == 0 || n.epoch == t.epoch {
		return n
	}
	return &treeNode{epoch: t.epoch, changes: slices.Clone(n.changes), children: slices.Clone(n.children)}
}

// find returns the index of the first change in n that is not before element under key, and whether it is that. word
// holds the first symbols of the two.
func (t *changeTree) find(n *treeNode, word uint64, key, element string) (int, bool) {
	low, high := 0, len(n.changes)
	for low < high {
		mid := int(uint(low+high) >> 1)
		switch r := t.text.compare(&n.changes[mid], word, key, element); {
		case r == 0:
			return mid, true
		case r < 0:
			low = mid + 1
		default:
			high = mid
		}
	}
	return low, false
}

// childIndex returns the index of the child that a place among the bounds, as find returns it, leads to.
func childIndex(i int, found bool) int {
	if found || i == 0 {
		return i
	}
	return i - 1
}

// treeCursor is a place in a changeTree. It stays valid while the tree changes if the tree counts it as a reader.
type treeCursor struct {
	path  [treeDepth]treeStep
	depth int
}

// treeStep is a node on a cursor's path and the index in it.
type treeStep struct {
	node  *treeNode
	index int
}

// treeDepth is more than a tree grows to: a level comes with a split root, that is with 32 times as many inserts.
const treeDepth = 14

// first moves to the first change.
func (c *treeCursor) first(t *changeTree) {
	c.depth = 0
	if t.root != nil {
		c.descend(t.root)
	}
}

// seek moves to the first change that is not before element under key.
func (c *treeCursor) seek(t *changeTree, key, element string) {
	c.depth = 0
	word := changeWord(key, element, 0)
	for n := t.root; n != nil; {
		i, found := t.find(n, word, key, element)
		if n.children == nil {
			c.push(n, i)
			c.settle()
			return
		}
		i = childIndex(i, found)
		c.push(n, i)
		n = n.children[i]
	}
}

// valid reports whether the cursor is at a change.
func (c *treeCursor) valid() bool { return c.depth > 0 }

// change returns the change that the cursor is at.
func (c *treeCursor) change() *change {
	s := &c.path[c.depth-1]
	return &s.node.changes[s.index]
}

// next moves to the next change.
func (c *treeCursor) next() {
	c.path[c.depth-1].index++
	c.settle()
}

// settle moves from the end of a node to what follows it.
func (c *treeCursor) settle() {
	for c.depth > 0 {
		s := &c.path[c.depth-1]
		if s.index < len(s.node.changes) {
			if s.node.children != nil {
				c.descend(s.node.children[s.index])
			}
			return
		}
		c.depth--
		if c.depth > 0 {
			c.path[c.depth-1].index++
		}
	}
}

// descend moves to the first change below n.
func (c *treeCursor) descend(n *treeNode) {
	for {
		c.push(n, 0)
		if n.children == nil {
			return
		}
		n = n.children[0]
	}
}

func (c *treeCursor) push(n *treeNode, i int) {
	c.path[c.depth] = treeStep{n, i}
	c.depth++
}
