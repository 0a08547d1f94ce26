package dbsp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	_ Store  = (*Overlay)(nil)
	_ Base   = (*Overlay)(nil)
	_ Writer = (*Overlay)(nil)
	_ Store  = (*MemoryStore)(nil)
	_ Base   = (*MemoryStore)(nil)
	_ Writer = (*MemoryStore)(nil)
)

// Accumulators live under accumulatorOp, arrangements under the others; some are negative, as OpIDs may be.
const accumulatorOp OpID = 3

var arrangementOps = []OpID{-2, FailureOp, 7}

// storeText draws keys and elements that share prefixes, hold zeros, and end early.
func storeText(r *rand.Rand) string {
	switch r.IntN(5) {
	case 0:
		return strings.Repeat("\x00", r.IntN(10))
	case 1:
		return strings.Repeat("prefix", r.IntN(5)) + strings.Repeat("\x00", r.IntN(3)) + string(rune('a'+r.IntN(3)))
	case 2:
		return fmt.Sprint(r.IntN(1000))
	}
	return string(rune('a' + r.IntN(26)))
}

type storedElement struct {
	Element string
	Weight  int64
}

// collect reads at most limit elements.
func collect(t require.TestingT, b Base, op OpID, key, from string, limit int, within func()) []storedElement {
	var out []storedElement
	err := b.Elements(op, key, from, func(element string, weight int64) bool {
		out = append(out, storedElement{element, weight})
		if within != nil {
			within()
		}
		return len(out) < limit
	})
	require.NoError(t, err)
	return out
}

// orderedWriter checks that what it gets is sorted and not zero, before it hands it on.
type orderedWriter struct {
	t                    require.TestingT
	to                   Writer
	begun                bool
	lastOp               OpID
	lastKey, lastElement string
	lastWasPut           bool
}

func (w *orderedWriter) advance(op OpID, key, element string, put bool) {
	if w.begun && w.lastOp == op {
		require.Equal(w.t, w.lastWasPut, put, "an operator has accumulators or an arrangement")
		require.LessOrEqual(w.t, w.lastKey, key)
		if w.lastKey == key {
			require.Less(w.t, w.lastElement, element)
		}
	} else if w.begun {
		require.Less(w.t, w.lastOp, op)
	}
	w.begun, w.lastOp, w.lastKey, w.lastElement, w.lastWasPut = true, op, key, element, put
}

func (w *orderedWriter) Put(op OpID, key string, value []byte) error {
	w.advance(op, key, "\x00", put)
	return w.to.Put(op, key, value)
}

const put = true

func (w *orderedWriter) Add(op OpID, key, element string, weight int64) error {
	require.NotZero(w.t, weight)
	w.advance(op, key, element, false)
	return w.to.Add(op, key, element, weight)
}

func cloneMemory(t require.TestingT, m *MemoryStore) *MemoryStore {
	c := NewMemoryStore()
	require.NoError(t, m.Write(c))
	return c
}

// overlayMachine drives a stack of overlays beside models that hold what each level should show.
type overlayMachine struct {
	r        *rand.Rand
	base     *MemoryStore
	overlays []*Overlay
	models   []*MemoryStore // models[0] is that of the base
}

func (m *overlayMachine) top() (*Overlay, *MemoryStore) {
	n := len(m.overlays)
	return m.overlays[n-1], m.models[n]
}

func (m *overlayMachine) push(t require.TestingT) {
	var below Base = m.base
	if n := len(m.overlays); n > 0 {
		below = m.overlays[n-1]
	}
	m.overlays = append(m.overlays, NewOverlay(below))
	m.models = append(m.models, cloneMemory(t, m.models[len(m.models)-1]))
}

func (m *overlayMachine) pop() {
	m.overlays = m.overlays[:len(m.overlays)-1]
	m.models = m.models[:len(m.models)-1]
}

func (m *overlayMachine) flush(t require.TestingT) {
	o, model := m.top()
	n := len(m.overlays)
	var to Writer = m.base
	if n > 1 {
		to = m.overlays[n-2]
	}
	require.NoError(t, o.Flush(&orderedWriter{t: t, to: to}))
	require.True(t, o.Empty())
	require.Zero(t, o.Size())
	m.models[n-1] = cloneMemory(t, model)
}

func (m *overlayMachine) put(t require.TestingT) {
	o, model := m.top()
	key := storeText(m.r)
	var value []byte
	if m.r.IntN(4) > 0 {
		value = []byte(strings.Repeat("v", m.r.IntN(30)) + storeText(m.r))
	}
	require.NoError(t, model.Put(accumulatorOp, key, value))
	require.NoError(t, o.Put(accumulatorOp, key, value))
	for i := range value {
		value[i] = '!' // the store has its own copy
	}
}

func (m *overlayMachine) get(t require.TestingT) {
	o, model := m.top()
	key := storeText(m.r)
	want, err := model.Get(accumulatorOp, key)
	require.NoError(t, err)
	got, err := o.Get(accumulatorOp, key)
	require.NoError(t, err)
	require.Equal(t, want, got, "%q", key)
}

func (m *overlayMachine) add(t require.TestingT) {
	o, model := m.top()
	op := arrangementOps[m.r.IntN(len(arrangementOps))]
	key, element := storeText(m.r), storeText(m.r)
	if op == FailureOp {
		key = ""
	}
	weight := int64(m.r.IntN(5) - 2)
	if m.r.IntN(3) == 0 {
		// Take away what is there.
		if l := collect(t, model, op, key, element, 1, nil); len(l) > 0 {
			element, weight = l[0].Element, -l[0].Weight
		}
	}
	require.NoError(t, model.Add(op, key, element, weight))
	require.NoError(t, o.Add(op, key, element, weight))
}

func (m *overlayMachine) elements(t require.TestingT, depth int) {
	o, model := m.top()
	op := arrangementOps[m.r.IntN(len(arrangementOps))]
	key, from := storeText(m.r), ""
	if op == FailureOp {
		key = ""
	}
	if m.r.IntN(2) == 0 {
		from = storeText(m.r)
	}
	limit := 1 << 30
	if m.r.IntN(3) == 0 {
		limit = 1 + m.r.IntN(3)
	}
	want := collect(t, model, op, key, from, limit, nil)
	var within func()
	if depth < 2 && m.r.IntN(2) == 0 {
		within = func() {
			for range m.r.IntN(3) {
				m.add(t)
			}
			if m.r.IntN(4) == 0 {
				m.put(t)
				m.get(t)
			}
			if m.r.IntN(3) == 0 {
				m.elements(t, depth+1)
			}
		}
	}
	require.Equal(t, want, collect(t, o, op, key, from, limit, within), "op %d, key %q, from %q", op, key, from)
}

func TestOverlayShowsWhatItsModelHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &overlayMachine{
			r:    rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
			base: NewMemoryStore(),
		}
		m.models = []*MemoryStore{NewMemoryStore()}
		m.push(t)
		many := func() int { return []int{1, 3, 30, 500}[m.r.IntN(4)] }
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch m.r.IntN(12) {
			case 0:
				if len(m.overlays) < 3 {
					m.push(t)
				}
			case 1:
				if len(m.overlays) > 1 {
					m.pop()
				}
			case 2:
				m.flush(t)
			case 3:
				m.put(t)
				m.get(t)
			case 4:
				for range many() {
					m.put(t)
				}
			case 5, 6, 7, 8:
				for range many() {
					m.add(t)
				}
			default:
				for range 20 {
					m.get(t)
					m.elements(t, 0)
				}
			}
			for _, o := range m.overlays {
				for _, s := range o.ops {
					requireTree(t, &s.arrangement.tree)
				}
			}
		}
		for len(m.overlays) > 0 {
			m.flush(t)
			m.pop()
		}
		require.Equal(t, m.models[0], m.base)
	})
}

// countingBase counts its reads.
type countingBase struct {
	Base
	gets int
}

func (b *countingBase) Get(op OpID, key string) ([]byte, error) {
	b.gets++
	return b.Base.Get(op, key)
}

func TestOverlayReadsAnAccumulatorOnce(t *testing.T) {
	m := NewMemoryStore()
	require.NoError(t, m.Put(1, "a", []byte("1")))
	b := &countingBase{Base: m}
	o := NewOverlay(b)
	for _, key := range []string{"a", "none"} {
		for range 2 {
			_, err := o.Get(1, key)
			require.NoError(t, err)
		}
		require.NoError(t, o.Put(1, key, []byte("2")))
		v, err := o.Get(1, key)
		require.NoError(t, err)
		require.Equal(t, []byte("2"), v)
	}
	require.NoError(t, o.Put(1, "unread", []byte("3")))
	require.Equal(t, 2, b.gets)
}

// recorder is a Writer that lists what it is given, and fails after a number of writes.
type recorder struct {
	writes []string
	left   int
}

var errFull = errors.New("no more")

func (r *recorder) write(s string) error {
	if r.left == 0 {
		return errFull
	}
	r.left--
	r.writes = append(r.writes, s)
	return nil
}

func (r *recorder) Put(op OpID, key string, value []byte) error {
	if value == nil {
		return r.write(fmt.Sprintf("%d %s removed", op, key))
	}
	return r.write(fmt.Sprintf("%d %s = %s", op, key, value))
}

func (r *recorder) Add(op OpID, key, element string, weight int64) error {
	return r.write(fmt.Sprintf("%d %s %s %+d", op, key, element, weight))
}

func TestOverlayKeepsEmptyValuesAndKeys(t *testing.T) {
	o := NewOverlay(NewMemoryStore())
	require.NoError(t, o.Put(1, "", []byte{}))
	v, err := o.Get(1, "")
	require.NoError(t, err)
	require.Equal(t, []byte{}, v)
	r := &recorder{left: 9}
	require.NoError(t, o.Flush(r))
	require.Equal(t, []string{"1  = "}, r.writes)
}

func TestOverlayFlush(t *testing.T) {
	m := NewMemoryStore()
	require.NoError(t, m.Put(1, "old", []byte("x")))
	o := NewOverlay(m)
	// An accumulator that came and went, and is known not to be stored, is not written.
	_, err := o.Get(1, "passing")
	require.NoError(t, err)
	require.NoError(t, o.Put(1, "passing", []byte("x")))
	require.NoError(t, o.Put(1, "passing", nil))
	require.NoError(t, o.Put(1, "old", nil))
	require.NoError(t, o.Put(1, "new", []byte("y")))
	_, err = o.Get(1, "only read")
	require.NoError(t, err)
	require.NoError(t, o.Add(2, "k", "b", 1))
	require.NoError(t, o.Add(2, "k", "a", 2))
	require.NoError(t, o.Add(2, "k", "b", -1))
	require.NoError(t, o.Add(2, "k", "c", 0))
	require.NoError(t, o.Add(-1, "k", "d", -1))
	want := []string{"-1 k d -1", "1 new = y", "1 old removed", "2 k a +2"}

	// A writer that fails costs no change, wherever it does.
	for n := range want {
		r := &recorder{left: n}
		require.ErrorIs(t, o.Flush(r), errFull)
		require.Equal(t, want[:n], append([]string{}, r.writes...))
		require.False(t, o.Empty())
		// Reading moves changes to the tree; that makes no difference.
		require.Equal(t, []storedElement{{"a", 2}}, collect(t, o, 2, "k", "", 9, nil))
	}
	r := &recorder{left: len(want)}
	require.NoError(t, o.Flush(r))
	require.Equal(t, want, r.writes)
	require.True(t, o.Empty())
	v, err := o.Get(1, "old")
	require.NoError(t, err)
	require.Equal(t, []byte("x"), v, "what was flushed elsewhere is forgotten here")
}

// brokenBase fails.
type brokenBase struct{}

func (brokenBase) Get(OpID, string) ([]byte, error) { return nil, errFull }

func (brokenBase) Elements(OpID, string, string, func(string, int64) bool) error { return errFull }

func TestOverlayPassesErrorsOn(t *testing.T) {
	o := NewOverlay(brokenBase{})
	never := func(string, int64) bool { t.Error("yielded"); return true }
	for range 2 {
		_, err := o.Get(1, "k")
		require.ErrorIs(t, err, errFull)
		require.ErrorIs(t, o.Elements(2, "k", "", never), errFull)
		require.NoError(t, o.Add(2, "k", "e", 1))
	}
}
