package dbsp

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRegroupStart(t *testing.T) {
	e := &twinGroups{single: true}
	r := &Regroup{ID: 1, RowsID: 2, Global: true, Width: 2, Single: true, Evaluator: e}
	s := &Step{Store: NewMemoryStore()}
	out, err := r.Step(s, []Batch{nil})
	require.NoError(t, err)
	require.Equal(t, Batch{{Row: Row{NewText(""), NewInteger(0)}, Weight: 1}}, out)
	out, err = r.Step(s, []Batch{nil})
	require.NoError(t, err)
	require.Empty(t, out)
	require.Equal(t, 1, e.calls)
}

// TestRegroupPutsNothingOutForNothing says that a batch that comes to nothing, and a change that does not show, give no
// output; and that the first costs no evaluation.
func TestRegroupPutsNothingOutForNothing(t *testing.T) {
	e := &twinGroups{}
	r := &Regroup{ID: 1, RowsID: 2, Group: []KeyColumn{{}}, Width: 2, Evaluator: e}
	s := &Step{Store: NewMemoryStore()}
	a, b, null := Row{NewInteger(1), NewText("a")}, Row{NewInteger(1), NewText("b")}, Row{NewInteger(1), {}}
	_, err := r.Step(s, []Batch{{{Row: a, Weight: 1}}})
	require.NoError(t, err)
	require.Equal(t, 1, e.calls)
	out, err := r.Step(s, []Batch{{{Row: a, Weight: -1}, {Row: b, Weight: 2}, {Row: a, Weight: 1}, {Row: b, Weight: -2}}})
	require.NoError(t, err)
	require.Empty(t, out)
	require.Equal(t, 1, e.calls)
	out, err = r.Step(s, []Batch{{{Row: null, Weight: 1}}})
	require.NoError(t, err)
	require.Empty(t, out)
	require.Equal(t, 2, e.calls)
	out, err = r.Step(s, []Batch{{{Row: a, Weight: -1}, {Row: b, Weight: 1}}})
	require.NoError(t, err)
	require.Empty(t, out)
	out, err = r.Step(s, []Batch{{{Row: a, Weight: 2}}})
	require.NoError(t, err)
	require.Equal(t, Batch{
		{Row: Row{NewText("many"), NewInteger(4)}, Weight: 2},
		{Row: Row{NewText("text"), NewInteger(0)}, Weight: 2}}, out, "only what is more")
}

// TestRegroupBoundsWhatIsEvaluatedTogether says that many groups come in several calls, each whole.
func TestRegroupBoundsWhatIsEvaluatedTogether(t *testing.T) {
	e := &twinGroups{single: true}
	r := &Regroup{ID: 1, RowsID: 2, Group: []KeyColumn{{}}, Width: 2, Single: true, Evaluator: e}
	var in Batch
	const groups, rows = 3000, 7
	for n := range groups * rows {
		in = append(in, Delta{Row: Row{NewInteger(int64(n % groups)), NewText(strconv.Itoa(n))}, Weight: 2})
	}
	out, err := r.Step(&Step{Store: NewMemoryStore()}, []Batch{in})
	require.NoError(t, err)
	require.Len(t, out, groups)
	for _, d := range out {
		require.Equal(t, NewInteger(2*rows), d.Row[1])
	}
	perCall := (regroupRows + rows - 1) / rows
	require.Equal(t, (groups+perCall-1)/perCall, e.calls)
	require.Less(t, e.most, regroupRows+rows)
}

// badGroups gives what it has for every group.
type badGroups struct {
	rows  Batch
	extra int
	err   error
}

func (e badGroups) Evaluate(groups []Batch, _ func(int, string) error) ([]Batch, error) {
	out := make([]Batch, len(groups)+e.extra)
	for i := range out {
		out[i] = e.rows
	}
	return out, e.err
}

func TestRegroupHoldsTheEvaluatorToItsContract(t *testing.T) {
	row := Row{NewInteger(1), NewInteger(2)}
	for _, c := range []struct {
		name string
		e    badGroups
		want string
	}{
		{"an error", badGroups{err: errBroken}, "broken"},
		{"too many groups", badGroups{extra: 1}, "dbsp: operator 1: the evaluator gave the rows of 2 groups for 1"},
		{"weight", badGroups{rows: Batch{{Row: row, Weight: 0}}}, "dbsp: operator 1: the evaluator gave a row 0 times"},
		{"width", badGroups{rows: Batch{{Row: row[:1], Weight: 1}}}, "dbsp: operator 1: the evaluator gave a row of 1 columns instead of 2"},
		{"rows", badGroups{rows: Batch{{Row: row, Weight: 2}}}, "dbsp: operator 1: the evaluator gave several rows for one group"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Regroup{ID: 1, RowsID: 2, Group: []KeyColumn{{}}, Width: 2, Single: true, Evaluator: c.e}
			_, err := r.Step(&Step{Store: NewMemoryStore()}, one(NewInteger(1), NewText("a"), 1))
			require.EqualError(t, err, c.want)
		})
	}
}

// regroupOver returns an operator that has taken in rows for the groups 'g' and 'bad', the second of which fails.
func regroupOver(t testing.TB, single bool) (*Regroup, *MemoryStore) {
	m := NewMemoryStore()
	r := &Regroup{ID: 1, RowsID: 2, Group: []KeyColumn{{Collation: NoCase}}, Width: 2, Single: single, Evaluator: &twinGroups{single: single}}
	_, err := r.Step(&Step{Store: m}, []Batch{{
		{Row: Row{NewText("g"), NewInteger(5)}, Weight: 2}, {Row: Row{NewText("G"), NewText("x")}, Weight: 2},
		{Row: Row{NewText("bad"), NewBlob("a")}, Weight: 1}}})
	require.NoError(t, err)
	return r, m
}

// TestRegroupAccumulator shows the stored form, which must not change within a version.
func TestRegroupAccumulator(t *testing.T) {
	_, m := regroupOver(t, false)
	acc, err := m.Get(1, string(AppendKey(nil, NewText("g"), NoCase)))
	require.NoError(t, err)
	require.Equal(t, "\x01\x00"+"\x02\x06dmany\x24"+"\x02\x06dtext\x20"+"\x02\x09ginteger\x20", string(acc))
	acc, err = m.Get(1, string(AppendKey(nil, NewText("bad"), NoCase)))
	require.NoError(t, err)
	require.Equal(t, "\x01\x01\x0fa blob, 1 timescbad", string(acc))
}

// TestRegroupDamaged says that state which contradicts itself is an error.
func TestRegroupDamaged(t *testing.T) {
	group := NewText("g")
	key := string(AppendKey(nil, group, NoCase))
	for _, c := range []struct {
		name   string
		damage func(m *MemoryStore, acc string) error
		weight int64
		want   error
	}{
		{"more than there is", func(*MemoryStore, string) error { return nil }, -3, ErrNegativeWeight},
		{"row gone", func(m *MemoryStore, _ string) error {
			return m.Add(2, key, string(AppendRow(nil, Row{group, NewInteger(5)})), -2)
		}, -1, ErrNegativeWeight},
		{"a row of no columns", func(m *MemoryStore, _ string) error { return m.Add(2, key, "", 1) }, 1, ErrCorrupt},
		{"not a row", func(m *MemoryStore, _ string) error { return m.Add(2, key, "\x14", 1) }, 1, ErrCorrupt},
		{"empty", func(m *MemoryStore, _ string) error { return m.Put(1, key, []byte{}) }, 1, ErrCorrupt},
		{"nothing", func(m *MemoryStore, _ string) error { return m.Put(1, key, []byte("\x01\x00")) }, 1, ErrCorrupt},
		{"version", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x02"+acc[1:])) }, 1, ErrCorrupt},
		{"kind", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x02"+acc[2:])) }, 1, ErrCorrupt},
		{"too long", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte(acc+"\x00")) }, 1, ErrCorrupt},
		{"weight 0", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x00\x00"+acc[3:])) }, 1, ErrCorrupt},
		{"weight 2", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte("\x01\x00\x02"+acc[3:])) }, 1, ErrCorrupt},
		{"twice", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte(acc+acc[2:])) }, 1, ErrCorrupt},
		{"cut", func(m *MemoryStore, acc string) error { return m.Put(1, key, []byte(acc[:len(acc)-1])) }, 1, ErrCorrupt},
		{"wider", func(m *MemoryStore, acc string) error {
			return m.Put(1, key, []byte("\x01\x00\x01\x03   "))
		}, 1, ErrCorrupt},
		{"a failure without its group", func(m *MemoryStore, _ string) error { return m.Put(1, key, []byte("\x01\x01\x01x")) }, 1, ErrCorrupt},
		{"a failure that is cut", func(m *MemoryStore, _ string) error { return m.Put(1, key, []byte("\x01\x01\x05x")) }, 1, ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, m := regroupOver(t, true)
			acc, err := m.Get(1, key)
			require.NoError(t, err)
			require.NoError(t, c.damage(m, string(acc)))
			_, err = r.Step(&Step{Store: m}, one(group, NewInteger(5), c.weight))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, "dbsp: operator ")
		})
	}
}

// FuzzRegroupAccumulator says that the decoder takes only what the encoder writes.
func FuzzRegroupAccumulator(f *testing.F) {
	for _, single := range []bool{false, true} {
		_, m := regroupOver(f, single)
		for _, v := range m.values {
			f.Add(string(v))
		}
	}
	f.Add("\x01\x00")
	f.Fuzz(func(t *testing.T, acc string) {
		var e emission
		if err := e.decode(acc); err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Equal(t, acc, string(e.encode(nil)), "there is one form only")
	})
}

// FuzzRegroupDamaged gives the operator any accumulator and any row: it may fail, with the right error, but not panic.
func FuzzRegroupDamaged(f *testing.F) {
	for _, single := range []bool{false, true} {
		_, m := regroupOver(f, single)
		for _, v := range m.values {
			f.Add(string(v), "cbad\x25", int64(1), single)
		}
	}
	f.Fuzz(func(t *testing.T, acc, element string, weight int64, single bool) {
		r, m := regroupOver(t, single)
		for _, group := range []string{"g", "bad"} {
			key := string(AppendKey(nil, NewText(group), NoCase))
			require.NoError(t, m.Put(1, key, []byte(acc)))
			if row, err := DecodeRow(element, nil); err != nil || len(row) == 2 { // other widths are for the evaluator to see
				require.NoError(t, m.Add(2, key, element, weight))
			}
			_, err := r.Step(&Step{Store: m}, one(NewText(group), NewInteger(5), 1))
			if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNegativeWeight) {
				t.Fatal(err)
			}
		}
	})
}
