package dbsp

import "strings"

// firstElements follows the first element of an arrangement in each group, without reading the arrangement while it
// grows or shrinks elsewhere.
type firstElements struct {
	op      OpID
	element []string // per group, "" when there is none
	stale   []bool   // the element may be gone
}

// newFirstElements returns one with room for groups groups.
func newFirstElements(op OpID, groups int) firstElements {
	return firstElements{op: op, element: make([]string, 0, groups), stale: make([]bool, 0, groups)}
}

// load adds the next group, whose first element is known.
func (f *firstElements) load(element string) {
	f.element = append(f.element, element)
	f.stale = append(f.stale, false)
}

// settle adds the change to the arrangement and brings the first elements up to date. All elements begin with prefix.
// size gives the number of elements, with their weights, that a group then has.
func (f *firstElements) settle(g *grouping, change *netChange, prefix string, size func(n int32) int64) error {
	change.seal()
	for i, weight := range change.weight {
		if weight == 0 {
			continue
		}
		n, element := change.group[i], change.element(int32(i))
		if err := g.step.Store.Add(f.op, g.keys.key(n), element, weight); err != nil {
			return err
		}
		switch {
		case weight > 0 && (f.element[n] == "" || element < f.element[n]):
			// Nothing before the old first element can go, so this one stays first even if the old one went.
			f.element[n], f.stale[n] = element, false
		case weight < 0 && element <= f.element[n]:
			f.stale[n] = true
		}
	}
	for i := range f.element {
		n := int32(i)
		if size(n) == 0 {
			f.element[n] = ""
			continue
		}
		if !f.stale[n] && f.element[n] != "" {
			continue
		}
		element, weight, err := firstElement(g.step.Store, f.op, g.keys.key(n), prefix)
		if err != nil {
			return err
		}
		if weight <= 0 {
			return damaged(f.op, "a group of %d has no first element", size(n))
		}
		f.element[n] = element
	}
	return nil
}

// firstElement returns the first element under key that begins with prefix, and its weight, 0 when there is none.
func firstElement(store Store, op OpID, key, prefix string) (element string, weight int64, err error) {
	err = store.Elements(op, key, prefix, func(e string, w int64) bool {
		if strings.HasPrefix(e, prefix) {
			element, weight = e, w
		}
		return false
	})
	return element, weight, err
}
