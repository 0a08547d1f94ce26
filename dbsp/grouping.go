package dbsp

import (
	"fmt"
	"slices"
)

// grouping is one step of an Aggregate: the groups that the batch touches and their state.
type grouping struct {
	*Aggregate
	step *Step
	in   Batch
	// of[i] is the group of in[i].
	of     []int32
	keys   *keyIndex
	groups []group
	folds  []fold
	rows   rowSlab
	// first are the groups' first deltas, ends where their accumulators end in loaded; encoded is the last one written.
	first   []int32
	ends    []int
	loaded  []byte
	encoded []byte
}

// groupingKept bounds the groups and deltas of a grouping whose memory is used again.
const groupingKept = 1 << 10

// release keeps g's memory for the next step, where it is not much.
func (g *grouping) release() {
	g.keys.release()
	if len(g.in) > groupingKept || len(g.groups) > groupingKept || cap(g.loaded) > 64*groupingKept || cap(g.encoded) > 64*groupingKept {
		return
	}
	clear(g.groups)
	g.step, g.in, g.keys, g.rows = nil, nil, nil, rowSlab{}
	g.Aggregate.idle = g
}

// group is what a step knows of one group.
type group struct {
	exists bool  // there is an accumulator
	failed bool  // before the step, the sum overflowed
	first  int32 // the first delta of the group, -1 when there is none
	rows   int64 // number of input rows
	net    int64 // what the batch adds to it
	stored string
	// shown is the identity encoding of the group columns that the output row shows.
	shown string
	// before is the output row before the step, nil when there was none. Its aggregates are not set when failed is.
	before Row
}

// grouping sorts the deltas of b into groups.
func (a *Aggregate) grouping(s *Step, b Batch) *grouping {
	g := a.idle
	if a.idle = nil; g == nil {
		g = &grouping{Aggregate: a}
	}
	g.step, g.in, g.keys = s, b, newKeyIndex()
	g.of = slices.Grow(g.of[:0], len(b))[:len(b)]
	if a.Global {
		g.keys.intern(nil)
		clear(g.of)
		g.first = append(g.first[:0], -1)
	} else {
		g.number()
	}
	g.keys.seal()
	g.groups = slices.Grow(g.groups[:0], len(g.first))[:len(g.first)]
	for n, i := range g.first {
		g.groups[n] = group{first: i}
	}
	for i := range b {
		g.groups[g.of[i]].net += b[i].Weight
	}
	if !resetFolds(g.folds) {
		g.folds = a.newFolds(len(g.first))
	}
	g.rows = rowSlab{next: min(max(2*len(g.first)*(len(a.Group)+len(a.Aggregates)), 1), maxSlab)}
	return g
}

// number gives each delta the number of its group and notes the first delta of each.
func (g *grouping) number() {
	key := g.encoded
	g.first = g.first[:0]
	for i := range g.in {
		key = key[:0]
		for _, k := range g.Group {
			key = AppendKey(key, g.in[i].Row[k.Column], k.Collation)
		}
		n, fresh := g.keys.intern(key)
		if fresh {
			g.first = append(g.first, int32(i))
		}
		g.of[i] = n
	}
	g.encoded = key
}

// load reads the accumulators of all groups. They are collected in one string, which everything decoded shares.
func (g *grouping) load() error {
	all, ends := g.loaded[:0], slices.Grow(g.ends[:0], len(g.groups))[:len(g.groups)]
	defer func() { g.loaded, g.ends = all, ends }()
	for n := range g.groups {
		acc, err := g.step.Store.Get(g.ID, g.keys.key(int32(n)))
		if err != nil {
			return err
		}
		g.groups[n].exists = acc != nil
		all = append(all, acc...)
		ends[n] = len(all)
	}
	text, at := string(all), 0
	for n := range g.groups {
		p := &g.groups[n]
		if !p.exists {
			for _, f := range g.folds {
				f.open()
			}
			continue
		}
		p.stored, at = text[at:ends[n]], ends[n]
		if err := g.decode(p); err != nil {
			return err
		}
	}
	return nil
}

// recall sets the output rows from before the step.
func (g *grouping) recall() {
	for n := range g.groups {
		p := &g.groups[n]
		if p.exists {
			p.failed = !g.results(int32(n), p.before)
		}
	}
}

// count brings the groups' row counts up to date.
func (g *grouping) count() error {
	for n := range g.groups {
		p := &g.groups[n]
		if p.rows += p.net; p.rows < 0 {
			return fmt.Errorf("dbsp: operator %d: a group of %d rows: %w", g.ID, p.rows, ErrNegativeWeight)
		}
	}
	return nil
}

// results sets the aggregates of group n's output row. It reports false when the sum overflows.
func (g *grouping) results(n int32, row Row) bool {
	for i, f := range g.folds {
		v, ok := f.result(g, n)
		if !ok {
			return false
		}
		row[len(g.Group)+i] = v
	}
	return true
}

// choose sets the group columns that each group shows. Without variants they are those of any of its rows; with
// variants, those of the first tuple that exists, so that the choice depends on the rows and not on their history.
func (g *grouping) choose() error {
	if !g.hasVariants() {
		g.chooseFirst()
		return nil
	}
	tuples := newNetChange()
	defer tuples.release()
	for i := range g.in {
		tuples.end(g.appendShown(tuples.begin(g.of[i]), int32(i)), g.in[i].Weight)
	}
	first := newFirstElements(g.VariantsID, len(g.groups))
	for n := range g.groups {
		first.load(g.groups[n].shown)
	}
	if err := first.settle(g, tuples, "", func(n int32) int64 { return g.groups[n].rows }); err != nil {
		return err
	}
	for n := range g.groups {
		g.groups[n].shown = first.element[n]
	}
	return nil
}

// chooseFirst sets the group columns of new groups to those of their first delta. All share one string.
func (g *grouping) chooseFirst() {
	var all []byte
	for n := range g.groups {
		if p := &g.groups[n]; !p.exists && p.first >= 0 {
			all = g.appendShown(all, p.first)
		}
	}
	text := string(all)
	for n := range g.groups {
		p := &g.groups[n]
		if p.exists || p.first < 0 {
			continue
		}
		rest := text
		for range g.Group {
			_, rest, _ = DecodeIdentity(rest)
		}
		p.shown, text = text[:len(text)-len(rest)], rest
	}
}

// appendShown appends the identity of the group columns of in[i].
func (g *grouping) appendShown(dst []byte, i int32) []byte {
	for _, k := range g.Group {
		dst = AppendIdentity(dst, g.in[i].Row[k.Column])
	}
	return dst
}

// emit writes the accumulators back and returns the change of the output rows.
func (g *grouping) emit() (Batch, error) {
	existing := 0
	for n := range g.groups {
		if g.groups[n].exists {
			existing++
		}
	}
	out := make(Batch, 0, existing+len(g.groups))
	buf := g.encoded
	defer func() { g.encoded = buf }()
	for n := range g.groups {
		p, key := &g.groups[n], g.keys.key(int32(n))
		for _, f := range g.folds {
			if !f.plausible(int32(n), p.rows) {
				return nil, damaged(g.ID, "a group's counts contradict each other")
			}
		}
		var after Row
		failed := false
		switch {
		case p.rows > 0 || g.Global:
			buf = g.encode(buf[:0], int32(n))
			if !p.exists || string(buf) != p.stored {
				if err := g.step.Store.Put(g.ID, key, buf); err != nil {
					return nil, err
				}
			}
			after = g.rows.take(len(g.Group) + len(g.Aggregates))
			if err := g.showGroup(after, p); err != nil {
				return nil, err
			}
			failed = !g.results(int32(n), after)
		case p.exists:
			if err := g.step.Store.Put(g.ID, key, nil); err != nil {
				return nil, err
			}
		}
		var err error
		if out, err = g.replace(out, key, p, after, failed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// showGroup sets the group columns of an output row.
func (g *grouping) showGroup(row Row, p *group) error {
	rest, err := p.shown, error(nil)
	for i := range g.Group {
		if row[i], rest, err = DecodeIdentity(rest); err != nil {
			return fmt.Errorf("dbsp: operator %d: %w", g.ID, err)
		}
	}
	return nil
}

// replace appends the change from a group's output before the step to after; either is nil where there is no row, and
// a failure where failed says so.
func (g *grouping) replace(out Batch, key string, p *group, after Row, failed bool) (Batch, error) {
	if p.before != nil && after != nil && p.failed == failed {
		same := len(after)
		if failed {
			same = len(g.Group)
		}
		if identical(p.before[:same], after[:same]) {
			return out, nil
		}
	}
	var err error
	if p.before != nil {
		if out, err = g.output(out, key, p.before, p.failed, -1); err != nil {
			return nil, err
		}
	}
	if after != nil {
		return g.output(out, key, after, failed, 1)
	}
	return out, nil
}

// output appends row, or files the failure that takes its place.
func (g *grouping) output(out Batch, key string, row Row, failed bool, weight int64) (Batch, error) {
	if failed {
		return out, g.step.Fail(g.ID, row[:len(g.Group):len(g.Group)], overflowMessage, weight)
	}
	return append(out, Delta{Row: row, Weight: weight, Key: key}), nil
}

// identical reports whether two rows of the same width have the same types and bytes.
func identical(a, b Row) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
