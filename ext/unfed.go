package ext

import (
	"errors"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// tableReader reads a source's table for operators that keep no copy of it. They must see it as it is after those of its
// changes that were fed. At a statement boundary the table shows every change of the log; what was not fed yet is held and
// taken back.
type tableReader interface {
	// reads tells whether the table is that of a source.
	reads(source int) bool
	// hide is called for each source before a view is filled: nothing of it is fed yet.
	hide(source int)
	// holds tells whether changes of a source must be held until they are fed. first says that no other source is fed
	// before, and that of those that the reader reads no other changed; whole that they are fed in one piece.
	holds(first, whole bool) bool
	// hold begins to hold a source's changes; note takes them, and copies what it keeps.
	hold(source int)
	note(source int, changes dbsp.Batch) error
	// begin is called before a source is fed, end after it; and end with -1 when the step or the filling is over.
	begin(source int)
	end(source int)
	// release finalizes statements.
	release()
}

// errUnfed is the error of a step that would have to hold too many changes; the view is computed anew instead.
var errUnfed = errors.New("ext: too many changes to hold")

// holdUnfed lets the readers of each source hold its changes in the log's range, where they have to.
func (d *database) holdUnfed(m *machine, from, to int64, whole bool) error {
	if len(m.readers) == 0 || from == to {
		return nil
	}
	var changed []int
	for _, source := range m.plan.StepOrder {
		if d.changed(m.sources[source]) {
			changed = append(changed, source)
		}
	}
	for _, source := range changed {
		var holding []tableReader
		for _, r := range m.readers {
			if !r.reads(source) {
				continue
			}
			several := slices.ContainsFunc(changed, func(s int) bool { return s != source && r.reads(s) })
			if r.holds(source == changed[0] && !several, whole) {
				r.hold(source)
				holding = append(holding, r)
			}
		}
		if len(holding) == 0 {
			continue
		}
		err := d.feedLog(&m.sources[source], from, to, func(b dbsp.Batch) error {
			for _, r := range holding {
				if err := r.note(source, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hide lets no source's table show anything, as the view is about to be filled.
func (m *machine) hide() {
	for _, r := range m.readers {
		for source := range m.sources {
			if r.reads(source) {
				r.hide(source)
			}
		}
	}
}

// begin tells the readers of a source that it is being fed.
func (m *machine) begin(source int) {
	for _, r := range m.readers {
		if r.reads(source) {
			r.begin(source)
		}
	}
}

// end tells the readers of a source that it was fed, or all of them, with -1, that the step is over.
func (m *machine) end(source int) {
	for _, r := range m.readers {
		if source < 0 || r.reads(source) {
			r.end(source)
		}
	}
}

// pick returns the items of list at positions.
func pick[S ~[]T, T any](list S, positions []int) S {
	out := make(S, len(positions))
	for i, p := range positions {
		out[i] = list[p]
	}
	return out
}

// appendKeys appends the encoded key of values.
func appendKeys(dst []byte, values dbsp.Row, collations []dbsp.Collation) []byte {
	for i, v := range values {
		dst = dbsp.AppendKey(dst, v, collations[i])
	}
	return dst
}

// rowMemory is about how much memory a row takes, in bytes.
func rowMemory(r dbsp.Row) int64 {
	size := 48 * int64(len(r))
	for _, v := range r {
		if k := v.Kind(); k == dbsp.Text || k == dbsp.Blob {
			size += int64(len(v.Str()))
		}
	}
	return size
}
