package ext

import (
	"fmt"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner"
	"github.com/stretchr/testify/require"
)

// TestRowsJoinTableFunctions says that a row of the batch may give none or many rows, each of its weight, and that a row
// that fails gives none at all, wherever it fails.
func TestRowsJoinTableFunctions(t *testing.T) {
	const values = `CROSS JOIN json_each('["x","y"]') AS k`
	for _, c := range []struct {
		name, from, where string
		exprs             []string
		in                [][]any
		want              []string
		failed            []string
	}{
		{"each", ", json_each(c2) AS j", "", []string{"c0", "j.value"},
			[][]any{{1, nil, "[7,8]"}, {2, nil, "[]"}, {3, nil, `{"a":"b"}`, 2}, {4, nil, nil}},
			[]string{"[1 7]", "[1 8]", "2 × [3 'b']"}, nil},
		{"condition", ", json_each(c2) AS j", "j.value > c0 AND c1 IS NULL", []string{"j.key"},
			[][]any{{1, nil, "[1,2,3]"}, {2, 0, "[3]"}}, []string{"[1]", "[2]"}, nil},
		{"malformed", ", json_each(c2) AS j", "", []string{"c0", "j.value"},
			[][]any{{1, nil, "["}, {2, nil, "[5]"}, {3, nil, "]"}, {4, nil, "[6]"}, {5, nil, "x"}},
			[]string{"[2 5]", "[4 6]"}, []string{"1: malformed JSON", "3: malformed JSON", "5: malformed JSON"}},
		{"late", ", json_each(c2) AS j", "", []string{"c0", "trouble(j.value)"},
			[][]any{{1, nil, `["a"]`}, {2, nil, `["b","c","bad","d"]`}, {3, nil, `["bad"]`}, {4, nil, `["e","f"]`}, {5, nil, `["g","bad"]`}},
			[]string{"[1 'a']", "[4 'e']", "[4 'f']"}, []string{"2: trouble with bad", "3: trouble with bad", "5: trouble with bad"}},
		{"late in the condition", ", json_each(c2) AS j", "trouble(j.value) <> ''", []string{"c0", "j.value"},
			[][]any{{1, nil, `["a","bad"]`}, {2, nil, `["b"]`}}, []string{"[2 'b']"}, []string{"1: trouble with bad"}},
		{"outer", " LEFT JOIN json_each(c2) AS j ON j.value > 1", "", []string{"c0", "j.value"},
			[][]any{{1, nil, "[1]"}, {2, nil, "[1,2]"}}, []string{"[1 NULL]", "[2 2]"}, nil},
		{"nested", ", json_each(c2) AS j, json_each(j.value) AS k", "", []string{"j.key", "k.value"},
			[][]any{{1, nil, "[[1,2],[3]]"}}, []string{"[0 1]", "[0 2]", "[1 3]"}, nil},
		{"constant", " " + values, "", []string{"c0", "k.value"},
			[][]any{{1, nil, nil}, {2, nil, nil}}, []string{"[1 'x']", "[1 'y']", "[2 'x']", "[2 'y']"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ev, err := newBench(t).e.newEvaluator(planner.ExprSpec{Input: groupColumns, Exprs: c.exprs, Where: c.where, From: c.from})
			require.NoError(t, err)
			defer ev.release()
			in := batchOf(c.in...)
			for i := range in {
				in[i].Key = "k"
			}
			for range 2 {
				var got, failed []string
				out, err := ev.Evaluate(in, func(d dbsp.Delta, message string) error {
					failed = append(failed, fmt.Sprintf("%v: %s", d.Row[0], message))
					return nil
				})
				require.NoError(t, err)
				for _, d := range out {
					require.Empty(t, d.Key, "several rows may come from one")
					if d.Weight != 1 {
						got = append(got, fmt.Sprintf("%d × %v", d.Weight, d.Row))
						continue
					}
					got = append(got, fmt.Sprint(d.Row))
				}
				require.Equal(t, c.want, got)
				require.Equal(t, c.failed, failed)
			}
		})
	}
}

// TestRowsAreTheOuterLoop says that a plan of SQLite's that reads the rows otherwise is an error, not a wrong answer.
func TestRowsAreTheOuterLoop(t *testing.T) {
	ev, err := newBench(t).e.newEvaluator(planner.ExprSpec{Input: groupColumns, Exprs: []string{"c0"},
		From: " CROSS JOIN (VALUES(1),(2)) ORDER BY c0 DESC"})
	require.NoError(t, err)
	defer ev.release()
	_, err = ev.Evaluate(batchOf([]any{1, nil, nil}, []any{2, nil, nil}), nil)
	require.EqualError(t, err, "ext: the rows of an operator are not read one after the other")
}
