package ext

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// An arrangement of primary keys holds runs beside single elements: when many keys come under one join key at once, they
// are written as few rows of many. In ops, a run is a row with the operator's negated number, the first of its elements
// as element, all of them as value, each with its length (uvarint) before it, ascending, and weight 1. The ranges of the
// runs under one key do not overlap; single elements may lie anywhere, but none is also in a run.
const (
	runLeast = 8   // elements that make a run
	runMost  = 128 // elements in a run
)

// elementRun is a row of elements, as read or to be written.
type elementRun struct {
	first    string // as the row is stored, "" when it is not
	elements []string
	dirty    bool
}

func appendRun(dst []byte, elements []string) []byte {
	for _, e := range elements {
		dst = append(binary.AppendUvarint(dst, uint64(len(e))), e...)
	}
	return dst
}

// decodeRun appends the elements of a run to dst. They share its bytes.
func decodeRun(dst []string, value string) ([]string, error) {
	for at := 0; at < len(value); {
		n, size := binary.Uvarint([]byte(value[at:min(len(value), at+binary.MaxVarintLen64)]))
		if at += size; size <= 0 || n > uint64(len(value)-at) {
			return nil, fmt.Errorf("ext: a run of elements ends early: %w", ErrDamaged)
		}
		dst = append(dst, value[at:at+int(n)])
		at += int(n)
	}
	return dst, nil
}

// group is the changes of one key of an arrangement with runs, collected to be written together.
type group struct {
	op            dbsp.OpID
	key           string
	adds, removes []string
	loaded        elementRun
}

// collect takes an element's change into the group, writing the one before when the key is another.
func (t *stateTable) collect(op dbsp.OpID, key, element string, weight int64) error {
	g := &t.group
	if g.op != op || g.key != key {
		if err := t.settle(); err != nil {
			return err
		}
		g.op, g.key = op, key
	}
	switch weight {
	case 1:
		g.adds = append(g.adds, element)
	case -1:
		g.removes = append(g.removes, element)
	default:
		return fmt.Errorf("ext: view %s: a row is there %+d times more: %w", t.v.name, weight, ErrDamaged)
	}
	return nil
}

// settle writes the group that was being collected.
func (t *stateTable) settle() error {
	g := &t.group
	defer t.dropGroup()
	for _, e := range g.removes {
		if err := t.removeElement(e); err != nil {
			return err
		}
	}
	if err := t.storeRun(); err != nil {
		return err
	}
	if len(g.adds) >= runLeast {
		free, err := t.rangeFree(g.adds[0], g.adds[len(g.adds)-1])
		if err != nil {
			return err
		}
		if free {
			for piece := range slices.Chunk(g.adds, runMost) {
				if err := t.putRun(piece); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, e := range g.adds {
		err := run(t.bind(&t.insert, dbsp.NewInteger(int64(g.op)), dbsp.NewBlob(g.key), dbsp.NewBlob(e), dbsp.NewInteger(1)))
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *stateTable) dropGroup() {
	g := &t.group
	clear(g.adds)
	clear(g.removes)
	*g = group{adds: g.adds[:0], removes: g.removes[:0]}
}

// removeElement takes an element out of the run at hand, or from the single ones, or out of the run that has it.
func (t *stateTable) removeElement(e string) error {
	g := &t.group
	if g.loaded.remove(e) {
		return nil
	}
	if err := run(t.bind(&t.remove, dbsp.NewInteger(int64(g.op)), dbsp.NewBlob(g.key), dbsp.NewBlob(e), dbsp.NewInteger(1))); err != nil {
		return err
	}
	if t.v.db.e.conn.Changes() > 0 {
		return nil
	}
	if err := t.storeRun(); err != nil {
		return err
	}
	var err error
	if g.loaded, err = t.runBefore(e); err != nil {
		return err
	}
	if !g.loaded.remove(e) {
		return fmt.Errorf("ext: view %s: a row that should be there is not: %w", t.v.name, ErrDamaged)
	}
	return nil
}

func (r *elementRun) remove(e string) bool {
	i := sort.SearchStrings(r.elements, e)
	if i == len(r.elements) || r.elements[i] != e {
		return false
	}
	r.elements, r.dirty = slices.Delete(r.elements, i, i+1), true
	return true
}

// runBefore returns the run that begins with e or the nearest before it.
func (t *stateTable) runBefore(e string) (r elementRun, err error) {
	s, err := t.bind(&t.runAt, dbsp.NewInteger(-int64(t.group.op)), dbsp.NewBlob(t.group.key), dbsp.NewBlob(e))
	if err != nil {
		return r, err
	}
	defer s.Reset()
	if ok, err := s.Fetch(); err != nil || !ok {
		return r, err
	}
	first, value := s.Column(0), s.Column(1)
	if first.Kind() != dbsp.Blob || value.Kind() != dbsp.Blob {
		return r, fmt.Errorf("ext: view %s: %w", t.v.name, ErrDamaged)
	}
	r.first = first.Str()
	r.elements, err = decodeRun(nil, value.Str())
	return r, err
}

// rangeFree reports whether no run has elements from first to last.
func (t *stateTable) rangeFree(first, last string) (bool, error) {
	r, err := t.runBefore(last)
	if err != nil {
		return false, err
	}
	return len(r.elements) == 0 || r.elements[len(r.elements)-1] < first, nil
}

// storeRun writes the run at hand back, if it changed.
func (t *stateTable) storeRun() error {
	r := t.group.loaded
	t.group.loaded = elementRun{}
	if !r.dirty {
		return nil
	}
	if len(r.elements) == 0 || r.elements[0] != r.first {
		err := run(t.bind(&t.remove, dbsp.NewInteger(-int64(t.group.op)), dbsp.NewBlob(t.group.key), dbsp.NewBlob(r.first), dbsp.NewInteger(1)))
		if err != nil || len(r.elements) == 0 {
			return err
		}
	}
	return t.putRun(r.elements)
}

func (t *stateTable) putRun(elements []string) error {
	t.runBuf = appendRun(t.runBuf[:0], elements)
	return run(t.bind(&t.runPut, dbsp.NewInteger(-int64(t.group.op)), dbsp.NewBlob(t.group.key), dbsp.NewBlob(elements[0]),
		dbsp.NewBlob(string(t.runBuf))))
}

// mixed reads the single elements and the runs under a key, which come in no order, and yields them in theirs.
func (t *stateTable) mixed(op dbsp.OpID, key, from string, yield func(string, int64) bool) error {
	s, err := t.bind(&t.runAll, dbsp.NewInteger(int64(op)), dbsp.NewBlob(key))
	if err != nil {
		return err
	}
	var all []string
	err = func() error {
		defer s.Reset()
		for {
			ok, err := s.Fetch()
			if err != nil || !ok {
				return err
			}
			e, value, w := s.Column(0), s.Column(1), s.Column(2)
			if e.Kind() != dbsp.Blob || w.Kind() != dbsp.Integer || w.Int() != 1 {
				return fmt.Errorf("ext: view %s: %w", t.v.name, ErrDamaged)
			}
			switch value.Kind() {
			case dbsp.Null:
				all = append(all, e.Str())
			case dbsp.Blob:
				if all, err = decodeRun(all, value.Str()); err != nil {
					return err
				}
			default:
				return fmt.Errorf("ext: view %s: %w", t.v.name, ErrDamaged)
			}
		}
	}()
	if err != nil {
		return err
	}
	slices.Sort(all)
	for _, e := range all {
		if e >= from && !yield(e, 1) {
			return nil
		}
	}
	return nil
}
