package dbsp

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// twinEvaluator computes SELECT c0, c0 WHERE c0 IS NOT NULL, and fails on blobs.
type twinEvaluator struct{}

func (twinEvaluator) Evaluate(in Batch, fail func(d Delta, message string) error) (Batch, error) {
	var out Batch
	for _, d := range in {
		switch d.Row[0].Kind() {
		case Null:
		case Blob:
			if err := fail(d, "malformed JSON"); err != nil {
				return nil, err
			}
		default:
			out = append(out, Delta{Row: Row{d.Row[0], d.Row[0]}, Weight: d.Weight, Key: d.Key})
		}
	}
	return out, nil
}

// TestLinearOperatorsEqualTwins says of each linear operator that its incremental outputs sum to its output for the
// summed input.
func TestLinearOperatorsEqualTwins(t *testing.T) {
	for name, op := range map[string]Operator{
		"permute":    &Permute{Columns: []int{1, 0, 1}},
		"nothing":    &Permute{},
		"apply":      &Apply{ID: 7, Evaluator: twinEvaluator{}},
		"union":      Union{},
		"pad":        &Permute{Columns: []int{OneColumn, 1, NullColumn}},
		"difference": &Difference{Columns: []int{0, 1, NullColumn}, Less: []int{1, 0, NullColumn}},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				store, batchStore := NewMemoryStore(), NewMemoryStore()
				out, input := zset{}, [2]zset{{}, {}}
				columns := drawColumns(t, "column", 2, 2)
				for _, chunk := range drawChunks(t, "history", drawHistory(t, "history", columns, false)) {
					side := rapid.IntRange(0, 1).Draw(t, "side")
					if name != "union" && name != "difference" {
						side = 0
					}
					input[side].add(chunk)
					in := make([]Batch, 2)
					in[side] = chunk
					got, err := op.Step(&Step{Store: store}, in)
					if err != nil {
						t.Fatal(err)
					}
					out.add(got)
				}
				got, err := op.Step(&Step{Store: batchStore}, []Batch{input[0].rows(), input[1].rows()})
				if err != nil {
					t.Fatal(err)
				}
				want := zset{}
				want.add(got)
				if out.String() != want.String() {
					t.Fatalf("%vinstead of\n%v", out, want)
				}
				require.Equal(t, contentsOf(batchStore), contentsOf(store))
			})
		})
	}
}

func TestPermuteKeepsWeightAndKey(t *testing.T) {
	in := Batch{{Row: Row{NewInteger(1), NewText("a")}, Weight: -3, Key: "k"}}
	out, err := (&Permute{Columns: []int{1, 1, 0}}).Step(nil, []Batch{in})
	require.NoError(t, err)
	require.Equal(t, Batch{{Row: Row{NewText("a"), NewText("a"), NewInteger(1)}, Weight: -3, Key: "k"}}, out)
}

func TestUnion(t *testing.T) {
	a := Batch{{Row: Row{NewInteger(1)}, Weight: 1}}
	b := Batch{{Row: Row{NewInteger(2)}, Weight: -1, Key: "k"}}
	for _, c := range []struct {
		name string
		in   []Batch
		want Batch
	}{
		{"nothing", []Batch{nil, nil}, nil},
		{"one", []Batch{nil, a}, a},
		{"keys go", []Batch{b, nil}, Batch{{Row: b[0].Row, Weight: -1}}},
		{"all in order", []Batch{a, b, a}, Batch{a[0], {Row: b[0].Row, Weight: -1}, a[0]}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := Union{}.Step(nil, c.in)
			require.NoError(t, err)
			require.Equal(t, c.want, out)
		})
	}
	require.Equal(t, "k", b[0].Key, "the input is another's")
}

// TestApplyFailures says that a failure lasts as long as the row that caused it.
func TestApplyFailures(t *testing.T) {
	store := NewMemoryStore()
	s := &Step{Store: store}
	a := &Apply{ID: 7, Evaluator: twinEvaluator{}}
	bad := Row{NewBlob("{")}
	out, err := a.Step(s, []Batch{{{Row: bad, Weight: 2}, {Row: Row{NewInteger(1)}, Weight: 1, Key: "k"}}})
	require.NoError(t, err)
	require.Equal(t, Batch{{Row: Row{NewInteger(1), NewInteger(1)}, Weight: 1, Key: "k"}}, out)
	weights := map[string]int64{}
	require.NoError(t, store.Elements(FailureOp, "", "", func(e string, w int64) bool {
		op, row, message, err := DecodeFailure(e)
		require.NoError(t, err)
		require.Equal(t, OpID(7), op)
		require.Equal(t, bad, row)
		weights[message] = w
		return true
	}))
	require.Equal(t, map[string]int64{"malformed JSON": 2}, weights)
	_, err = a.Step(s, []Batch{{{Row: bad, Weight: -2}}})
	require.NoError(t, err)
	require.Empty(t, contentsOf(store).elements)
}

// brokenEvaluator fails as a whole.
type brokenEvaluator struct{}

var errBroken = errors.New("broken")

func (brokenEvaluator) Evaluate(Batch, func(Delta, string) error) (Batch, error) {
	return nil, errBroken
}

func TestApplyPassesErrorsOn(t *testing.T) {
	_, err := (&Apply{Evaluator: brokenEvaluator{}}).Step(nil, []Batch{{{Weight: 1}}})
	require.ErrorIs(t, err, errBroken)
	out, err := (&Apply{Evaluator: brokenEvaluator{}}).Step(nil, []Batch{nil})
	require.NoError(t, err)
	require.Empty(t, out, "an empty batch is not evaluated")
}
