package ext

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// bench is an engine whose evaluators are tried without a view. Its connection has the functions longest(x), an aggregate
// of a user's, and trouble(x), which is x, fails over 'bad', and is interrupted over 'stop'.
type bench struct {
	*side
	again func() // what trouble('again') calls
}

// longest keeps the longest text.
type longest struct{ s string }

func (l *longest) Step(args sqlite3.Args) error {
	if s := args.Value(0).Str(); len(s) > len(l.s) {
		l.s = s
	}
	return nil
}

func (l *longest) Final(r sqlite3.Result) { r.Set(dbsp.NewText(l.s)) }

func newBench(t testing.TB) *bench {
	b := &bench{}
	var e *engine
	s, err := openSide(":memory:", func(c sqlite3.Conn) error {
		var err error
		if e, err = attach(c); err != nil {
			return err
		}
		if err := c.CreateFunction(&sqlite3.Function{Name: "longest", NArg: 1,
			NewAggregate: func() sqlite3.Aggregate { return &longest{} }}); err != nil {
			return err
		}
		return c.CreateFunction(&sqlite3.Function{Name: "trouble", NArg: 1,
			Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				switch v := args.Value(0); v.Str() {
				case "bad":
					r.Error(&sqlite3.Error{Code: sqlite3.CodeError, Message: "trouble with " + v.Str()})
				case "stop":
					r.Error(&sqlite3.Error{Code: sqlite3.CodeInterrupt, Message: "interrupted"})
				case "again":
					b.again()
				default:
					r.Set(v)
				}
			}})
	})
	require.NoError(t, err)
	s.e, b.side = e, s
	t.Cleanup(func() { require.NoError(t, s.pool.Close()) })
	return b
}

// groups makes an evaluator, which ends with the test.
func (b *bench) groups(t testing.TB, spec planner.GroupSpec) *groupEvaluator {
	ev, err := b.e.newGroupEvaluator(spec)
	require.NoError(t, err)
	t.Cleanup(ev.release)
	return ev
}

// groupColumns are the columns of the tests' rows: what they are grouped by, and two to evaluate.
var groupColumns = []planner.Column{
	{Name: "g", Affinity: planner.AffinityInteger},
	{Name: "a", Affinity: planner.AffinityNumeric, Collation: "BINARY"},
	{Name: "b", Affinity: planner.AffinityText, Collation: "NOCASE"},
}

const groupTable = "CREATE TABLE t(c0 INTEGER, c1 NUMERIC, c2 TEXT COLLATE NOCASE)"

// wholeGroups are results that need a group as a whole, in terms of c0, c1 and c2.
var wholeGroups = []string{
	"group_concat(c2)", "group_concat(DISTINCT c2)", "string_agg(c2, '-' ORDER BY c1 DESC, c2)",
	"json_group_array(c1)", "json_group_array(c2) FILTER (WHERE c1 > 1)", "json_group_object(c2, c1)", "longest(c2)",
	"longest(DISTINCT c2) FILTER (WHERE c1 IS NOT NULL)", "max(c2) || typeof(c1)", "count(DISTINCT c2)",
	"mv_sum(c1)", "mv_sum(DISTINCT c1)", "mv_total(c1) FILTER (WHERE c2 > 'a')", "mv_avg(c1)", "mv_sum(c1 * 0.1) + count(*)",
	"group_concat(c2 || trouble(c2), '')", "sum(c2 = 'A')",
}

// TestRegroupBySQLite says of Regroup over SQLite's evaluation that its outputs sum to what SELECT gives over a table with
// the rows, for many results, histories with failures, empty groups and rows that are there several times.
func TestRegroupBySQLite(t *testing.T) {
	b := newBench(t)
	require.Empty(t, b.exec(groupTable).err)
	rapid.Check(t, func(rt *rapid.T) {
		global := rapid.Bool().Draw(rt, "global")
		exprs := rapid.SliceOfN(rapid.SampledFrom(wholeGroups), 1, 3).Draw(rt, "results")
		if !global {
			exprs = append(exprs, "c0")
		}
		ev, err := b.e.newGroupEvaluator(planner.GroupSpec{Input: groupColumns, Exprs: exprs})
		require.NoError(rt, err)
		defer ev.release()
		r := &dbsp.Regroup{ID: 1, RowsID: 2, Global: global, Width: len(exprs), Single: true, Evaluator: ev}
		query := "SELECT " + strings.Join(exprs, ", ") + " FROM (SELECT * FROM t ORDER BY r)"
		if !global {
			r.Group = []dbsp.KeyColumn{{Column: 0}}
		}
		require.Empty(rt, b.exec("DROP TABLE t; "+strings.Replace(groupTable, "c0", "r BLOB, c0", 1)).err)
		step := &dbsp.Step{Store: dbsp.NewMemoryStore()}
		out := map[string]int64{}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			in := drawGroupRows(rt, b)
			got, err := r.Step(step, []dbsp.Batch{in})
			require.NoError(rt, err)
			for _, d := range got {
				if k := fmt.Sprint(d.Row); out[k] == -d.Weight {
					delete(out, k)
				} else {
					out[k] += d.Weight
				}
			}
			requireGroups(rt, b, r, query, step, out)
		}
	})
}

// drawGroupRows inserts rows into t, or deletes some, and returns the change.
func drawGroupRows(rt *rapid.T, b *bench) (in dbsp.Batch) {
	take := func(sql string, weight int64) {
		require.NoError(rt, b.e.query(sql, nil, func(s sqlite3.Stmt) error {
			in = append(in, dbsp.Delta{Row: columnsOf(s, 0, 3), Weight: weight})
			return nil
		}))
	}
	for range rapid.IntRange(0, 8).Draw(rt, "inserts") {
		take(fmt.Sprintf("INSERT INTO t(c0, c1, c2) VALUES(%s, %s, %s) RETURNING c0, c1, c2",
			rapid.SampledFrom([]string{"1", "2", "3", "NULL"}).Draw(rt, "group"),
			rapid.SampledFrom([]string{"1", "2.5", "0.1", "1e300", "-1e300", "9223372036854775807", "-1", "NULL", "'x'"}).Draw(rt, "a"),
			rapid.SampledFrom([]string{"'a'", "'A'", "'b'", "'long'", "NULL", "''", "'bad'"}).Draw(rt, "b")), 1)
	}
	for range rapid.IntRange(0, 4).Draw(rt, "deletes") {
		take("DELETE FROM t WHERE rowid = (SELECT rowid FROM t LIMIT 1 OFFSET "+
			fmt.Sprint(rapid.IntRange(0, 9).Draw(rt, "which"))+") RETURNING c0, c1, c2", -1)
	}
	// The order of the arrangement.
	rows := map[int64]dbsp.Value{}
	require.NoError(rt, b.e.query("SELECT rowid, c0, c1, c2 FROM t", nil, func(s sqlite3.Stmt) error {
		rows[s.Column(0).Int()] = dbsp.NewBlob(string(dbsp.AppendRow(nil, columnsOf(s, 1, 3))))
		return nil
	}))
	for id, r := range rows {
		require.NoError(rt, b.e.query("UPDATE t SET r = ?1 WHERE rowid = ?2", []dbsp.Value{r, dbsp.NewInteger(id)}, nil))
	}
	return in
}

// requireGroups compares with the query, group by group.
func requireGroups(rt *rapid.T, b *bench, r *dbsp.Regroup, query string, step *dbsp.Step, out map[string]int64) {
	want, failures := map[string]int64{}, []string{}
	keys := []string{""}
	if !r.Global {
		keys = nil
		require.NoError(rt, b.e.query("SELECT DISTINCT c0 FROM t", nil, func(s sqlite3.Stmt) error {
			keys = append(keys, " WHERE c0 IS "+s.Column(0).String())
			return nil
		}))
	}
	for _, where := range keys {
		var row dbsp.Row
		err := b.e.query(query+where, nil, func(s sqlite3.Stmt) error {
			row = columnsOf(s, 0, s.ColumnCount())
			return nil
		})
		if err != nil {
			failures = append(failures, err.Error()+strings.TrimPrefix(where, " WHERE c0 IS"))
			continue
		}
		want[fmt.Sprint(row)]++
	}
	require.Equal(rt, want, out, "%s", query)
	var failed []string
	require.NoError(rt, step.Store.Elements(dbsp.FailureOp, "", "", func(element string, weight int64) bool {
		_, row, message, err := dbsp.DecodeFailure(element)
		require.NoError(rt, err)
		require.Equal(rt, int64(1), weight)
		for _, v := range row {
			message += " " + v.String()
		}
		failed = append(failed, message)
		return true
	}))
	slices.Sort(failures)
	slices.Sort(failed)
	require.ElementsMatch(rt, failures, failed)
}

// batchOf makes rows with weight 1; a fourth value is the weight.
func batchOf(rows ...[]any) (b dbsp.Batch) {
	for _, r := range rows {
		d := dbsp.Delta{Weight: 1}
		for i, x := range r {
			switch x := x.(type) {
			case nil:
				d.Row = append(d.Row, dbsp.Value{})
			case string:
				d.Row = append(d.Row, dbsp.NewText(x))
			case float64:
				d.Row = append(d.Row, dbsp.NewReal(x))
			case int:
				if i == 3 {
					d.Weight = int64(x)
				} else {
					d.Row = append(d.Row, dbsp.NewInteger(int64(x)))
				}
			}
		}
		b = append(b, d)
	}
	return b
}

// results evaluates groups and returns their rows, or the messages of those that failed.
func results(t testing.TB, ev dbsp.GroupEvaluator, groups ...dbsp.Batch) []string {
	out := make([]string, len(groups))
	got, err := ev.Evaluate(groups, func(i int, message string) error { out[i] = message; return nil })
	require.NoError(t, err)
	for i, b := range got {
		for _, d := range b {
			require.Equal(t, int64(1), d.Weight)
			out[i] += fmt.Sprint(d.Row)
		}
	}
	return out
}

func TestGroupsAreEvaluated(t *testing.T) {
	b := newBench(t)
	g1 := batchOf([]any{1, 2, "x", 3}, []any{1, 0.5, "Y"})
	g2 := batchOf([]any{2, nil, "z"})
	for _, c := range []struct {
		exprs []string
		order string
		want  []string
	}{
		{[]string{"group_concat(c2)", "count(*)"}, "", []string{"['x,x,x,Y' 4]", "['z' 1]", "[NULL 0]"}},
		{[]string{"string_agg(c2, '' ORDER BY c1)"}, "", []string{"['Yxxx']", "['z']", "[NULL]"}},
		{[]string{"mv_sum(c1)", "mv_sum(DISTINCT c1)", "mv_total(c1)", "mv_avg(c1) FILTER (WHERE c1 > 1)"}, "",
			[]string{"[6.5 2.5 6.5 2.0]", "[NULL NULL 0.0 NULL]", "[NULL NULL 0.0 NULL]"}},
		{[]string{"min(c1)", "c2", "c0 + 1"}, "", []string{"[0.5 'Y' 2]", "[NULL 'z' 3]", "[NULL NULL NULL]"}},
		{[]string{"c2", "c1 * 2"}, "c2 = 'y' DESC, c1", []string{"['Y' 1.0]", "['z' NULL]", ""}},
		{[]string{"c2"}, "c1 DESC NULLS LAST", []string{"['x']", "['z']", ""}},
		{[]string{"c2", "trouble(c2)"}, "c1", []string{"['Y' 'Y']", "['z' 'z']", ""}},
	} {
		t.Run(strings.Join(c.exprs, ", "), func(t *testing.T) {
			ev := b.groups(t, planner.GroupSpec{Input: groupColumns, Exprs: c.exprs, OrderBy: c.order})
			for range 2 {
				require.Equal(t, c.want, results(t, ev, g1, g2, nil))
			}
			require.Empty(t, results(t, ev))
		})
	}
}

// TestExactSumsOfGroups says that the sums do not depend on the order of the rows.
func TestExactSumsOfGroups(t *testing.T) {
	ev := newBench(t).groups(t, planner.GroupSpec{Input: groupColumns,
		Exprs: []string{"mv_sum(c1)", "mv_total(c1)", "mv_avg(c1)", "mv_sum(DISTINCT c1)"}})
	rows := [][]any{{1, 1e100}, {1, 1.0}, {1, -1e100}, {1, 1e-3}}
	want := []string{"[1.001 1.001 0.25025 1.001]"}
	for i := range rows {
		rows[i] = append(rows[i], "")
	}
	require.Equal(t, want, results(t, ev, batchOf(rows...)))
	rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]
	require.Equal(t, want, results(t, ev, batchOf(rows...)))
}

// TestFailedGroups says that a group that fails takes no other with it, and that trouble of the database is an error.
func TestFailedGroups(t *testing.T) {
	b := newBench(t)
	ev := b.groups(t, planner.GroupSpec{Input: groupColumns, Exprs: []string{"mv_sum(c1)", "group_concat(trouble(c2))"}})
	groups := make([]dbsp.Batch, 100)
	want := make([]string, len(groups))
	for i := range groups {
		groups[i] = batchOf([]any{i, 1, "a"}, []any{i, 2, "b"})
		want[i] = "[3 'a,b']"
		switch {
		case i%40 == 7:
			groups[i] = append(groups[i], batchOf([]any{i, nil, "bad"}, []any{i, 1, "a"})...)
			want[i] = "trouble with bad"
		case i == 48 || i == 99:
			groups[i] = append(groups[i], batchOf([]any{i, int(^uint(0) >> 1), "c"})...)
			want[i] = "integer overflow"
		}
	}
	require.Equal(t, want, results(t, ev, groups...))
	groups[60] = batchOf([]any{60, 1, "stop"})
	_, err := ev.Evaluate(groups, func(int, string) error { return nil })
	require.ErrorContains(t, err, "interrupt")
	require.True(t, isDatabase(err))
	require.Equal(t, want[:60], results(t, ev, groups[:60]...), "the statement can be used again")

	var within error
	b.again = func() { _, within = ev.Evaluate(groups[:1], nil) }
	results(t, ev, batchOf([]any{1, 1, "again"}))
	require.Equal(t, errWithin, within)
	_, err = ev.Evaluate([]dbsp.Batch{{{Row: dbsp.Row{{}}, Weight: 1}}}, nil)
	require.ErrorIs(t, err, ErrDamaged)

	fails := b.groups(t, planner.GroupSpec{Input: groupColumns, Exprs: []string{"count(*)", "trouble('bad')"}})
	require.Equal(t, []string{"trouble with bad"}, results(t, fails, nil))
}

// TestGroupsNeedNoSorting says that SQLite takes the rows as they come.
func TestGroupsNeedNoSorting(t *testing.T) {
	b := newBench(t)
	ev := b.groups(t, planner.GroupSpec{Input: groupColumns, Exprs: []string{"group_concat(c2)", "max(c1)", "c0"}})
	require.Equal(t, []string{"['a' 1 1]"}, results(t, ev, batchOf([]any{1, 1, "a"})))
	plan := b.exec("EXPLAIN QUERY PLAN " + ev.sql)
	require.Empty(t, plan.err)
	require.NotContains(t, fmt.Sprint(plan.rows), "TEMP B-TREE")
}
