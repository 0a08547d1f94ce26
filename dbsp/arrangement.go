package dbsp

// arrangement is the changes of one operator's arrangement that an Overlay holds. New ones go to an unsorted tail, at the
// cost of an append, and into the tree when someone reads.
type arrangement struct {
	tail []change
	tree changeTree
	// idle are merges that are not in use, kept for their memory.
	idle []*elementMerge
}

// reset forgets all changes. Nobody may be reading.
func (a *arrangement) reset() {
	if a.tail = a.tail[:0]; cap(a.tail) > tailKept/16 {
		a.tail = nil
	}
	a.tree = changeTree{text: a.tree.text}
}

// tailKept is the largest tail whose memory is used again.
const tailKept = 1 << 12

// add notes that weight is added to element under key.
func (a *arrangement) add(key, element string, weight int64) {
	a.tail = append(a.tail, a.tree.text.newChange(key, element, weight))
}

// settle moves the tail into the tree.
func (a *arrangement) settle() {
	if len(a.tail) == 0 {
		return
	}
	a.tree.add(consolidateChanges(a.tree.text, a.tail))
	if cap(a.tail) > tailKept {
		a.tail = nil
	} else {
		a.tail = a.tail[:0]
	}
}

// elements yields, in order, the elements under key from from on, base's and the changes together.
func (a *arrangement) elements(base Base, op OpID, key, from string, yield func(string, int64) bool) error {
	a.settle()
	text := a.tree.text
	var c treeCursor
	c.seek(&a.tree, key, from)
	if !c.valid() || text.keyOf(c.change()) != key {
		return base.Elements(op, key, from, yield)
	}
	m := a.merge()
	defer a.release(m)
	m.cursor, m.key, m.yield = c, key, yield
	m.load()
	if err := base.Elements(op, key, from, m.take); err != nil || m.stopped {
		return err
	}
	for m.more {
		m.pass()
	}
	return nil
}

// merge returns an unused elementMerge, which counts as a reader of the tree.
func (a *arrangement) merge() *elementMerge {
	a.tree.readers++
	if n := len(a.idle); n > 0 {
		m := a.idle[n-1]
		a.idle = a.idle[:n-1]
		return m
	}
	m := &elementMerge{text: a.tree.text}
	m.take = m.base
	return m
}

// release takes back m.
func (a *arrangement) release(m *elementMerge) {
	a.tree.readers--
	m.yield, m.stopped = nil, false
	a.idle = append(a.idle, m)
}

// elementMerge merges the elements of a base into those that a cursor leads to.
type elementMerge struct {
	text    *arena
	cursor  treeCursor
	key     string
	yield   func(string, int64) bool
	take    func(string, int64) bool // base, bound to this merge
	element string                   // the cursor's
	weight  int64
	more    bool // there is one
	stopped bool // yield returned false
}

// load takes the element that the cursor is at.
func (m *elementMerge) load() {
	m.more = m.cursor.valid()
	if !m.more {
		return
	}
	c := m.cursor.change()
	m.more = m.text.keyOf(c) == m.key
	m.element, m.weight = m.text.elementOf(c), c.weight
}

// pass yields the cursor's element and goes to the next. It ends when yield wants no more.
func (m *elementMerge) pass() {
	if !m.yield(m.element, m.weight) {
		m.stopped, m.more = true, false
		return
	}
	m.cursor.next()
	m.load()
}

// base takes an element of the base.
func (m *elementMerge) base(element string, weight int64) bool {
	for m.more && m.element < element {
		m.pass()
	}
	if m.stopped {
		return false
	}
	if m.more && m.element == element {
		weight += m.weight
		m.cursor.next()
		m.load()
		if weight == 0 {
			return true
		}
	}
	if !m.yield(element, weight) {
		m.stopped = true
		return false
	}
	return true
}

// write writes the changes to w.
func (a *arrangement) write(op OpID, w Writer) error {
	text := a.tree.text
	add := func(c *change) error { return w.Add(op, text.keyOf(c), text.elementOf(c), c.weight) }
	if a.tree.size == 0 {
		a.tail = consolidateChanges(text, a.tail)
		for i := range a.tail {
			if err := add(&a.tail[i]); err != nil {
				return err
			}
		}
		return nil
	}
	a.settle()
	var c treeCursor
	for c.first(&a.tree); c.valid(); c.next() {
		if err := add(c.change()); err != nil {
			return err
		}
	}
	return nil
}

// memory returns the approximate memory that a takes, in bytes, without the arena.
func (a *arrangement) memory() int64 {
	if len(a.tail)+a.tree.size == 0 {
		return 0
	}
	const perChange = 32
	return perChange * int64(cap(a.tail)+a.tree.size*3/2)
}
