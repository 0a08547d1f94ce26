package history

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// run runs the first histories of a seed.
func run(t *testing.T, r Runner, seed, histories uint64) (definitions int) {
	t.Helper()
	r.Dir = t.TempDir()
	for n := range histories {
		h := Generate(seed, n, Options{})
		rep := r.Run(h)
		definitions += rep.Definitions
		if rep.Failure != nil {
			small, report, _ := r.Minimise(h, rep.Failure, 10*time.Second)
			t.Fatalf("seed %d, history %d: %v\n%s", seed, n, rep.Failure, small.Script(report))
		}
		for why, def := range rep.Rejected {
			t.Fatalf("seed %d, history %d: rejected: %s\n%s", seed, n, why, def)
		}
	}
	return definitions
}

// TestPlainViews runs the histories over plain views: what is reported then is the harness's own fault.
func TestPlainViews(t *testing.T) {
	require.Positive(t, run(t, Runner{Driver: "sqlite", Mode: oracle.Plain, Twin: "sqlite"}, 1, 60))
}

func TestMaterializedViews(t *testing.T) {
	require.Positive(t, run(t, Runner{Driver: "sqlite-mv", Twin: "sqlite"}, 2001, 60))
}

func TestGenerateFollowsFromTheSeed(t *testing.T) {
	a, b := Generate(7, 3, Options{}), Generate(7, 3, Options{})
	require.Equal(t, a.Script(nil), b.Script(nil))
	require.NotEqual(t, a.Script(nil), Generate(7, 4, Options{}).Script(nil))
}

// TestScriptsRun prints histories as scripts and runs those.
func TestScriptsRun(t *testing.T) {
	for n := range uint64(15) {
		h := Generate(5, n, Options{Steps: 20})
		for i := range h.Steps {
			if h.Steps[i].kind == stepSecond || h.Steps[i].kind == stepReader {
				h.Steps[i].kind = stepExec
			}
		}
		r := Runner{Driver: "sqlite", Mode: oracle.Plain, Twin: "sqlite", Dir: t.TempDir()}
		require.Nil(t, r.Run(h).Failure)
		text := h.Script(nil)
		s, err := oracle.Parse("h.sql", text)
		require.NoError(t, err, text)
		statements := 0
		for _, step := range s.Steps {
			if step.SQL != "" {
				statements++
			}
		}
		require.Greater(t, statements, 5)
	}
}

// TestMinimise breaks the database after one of many statements and expects little more than that to be left.
func TestMinimise(t *testing.T) {
	h := Generate(3, 4, Options{Steps: 30})
	var table string
	for i := range h.Steps {
		if name, ok := strings.CutPrefix(h.Steps[i].sql.head, "CREATE TABLE "); ok {
			table = name[:strings.IndexByte(name, '(')]
		}
		h.Steps[i].check = true
	}
	h.Database = "memory"
	h.Steps = slices.DeleteFunc(h.Steps, func(s Step) bool { return s.diverges })
	const poison = "INSERT INTO poisoned VALUES (1)"
	h.Steps = append([]Step{{kind: stepExec, sql: values{head: "CREATE TABLE poisoned(a)"}}}, h.Steps...)
	h.Steps = append(h.Steps, Step{kind: stepExec, id: 1, sql: values{head: poison}})
	r := Runner{Driver: "sqlite", Mode: oracle.Plain, Twin: "sqlite", Dir: t.TempDir()}
	// The fault: whoever writes to poisoned loses the row again, on one side only.
	r.after = func(x *execution, stmt string) {
		if stmt == poison {
			x.subject.run("DELETE FROM poisoned", false)
		}
	}
	rep := r.Run(h)
	require.NotNil(t, rep.Failure)
	require.Equal(t, "base", rep.Failure.Kind, rep.Failure.Message)
	small, report, runs := r.Minimise(h, rep.Failure, time.Minute)
	require.NotNil(t, report)
	require.Greater(t, runs, 1)
	require.Len(t, small.Steps, 2, "%s (table %s)", small.Script(report), table)
	require.Contains(t, small.Script(report), poison)
	require.Contains(t, small.Script(report), "--> 1, 1")
}

// TestReductionsShrink checks that reductions of a definition are other, mostly shorter texts, and leave it alone.
func TestReductionsShrink(t *testing.T) {
	for n := range uint64(20) {
		for _, s := range Generate(11, n, Options{}).Steps {
			if s.query == nil {
				continue
			}
			before := s.query.SQL()
			for _, r := range s.query.reductions() {
				require.NotEqual(t, before, r.SQL())
			}
			require.Equal(t, before, s.query.SQL())
		}
	}
}

func TestFreeColumnsOfCompositions(t *testing.T) {
	inner := &query{arms: []*selectCore{{
		items:   []item{{expr: "a", name: "k", alias: true, representative: true, of: "a", collation: "NOCASE"}, {expr: "count(*)", name: "n", alias: true}},
		from:    []source{{table: "t"}},
		where:   "b > 1",
		groupBy: []string{"a"},
	}}}
	outer := &query{arms: []*selectCore{
		{items: []item{{expr: "q.k", name: "x", alias: true, through: [2]string{"q", "k"}}, {expr: "q.n", name: "n", through: [2]string{"q", "n"}}},
			from: []source{{sub: inner, alias: "q"}}},
		{items: []item{{expr: "c", name: "c"}, {expr: "1", name: "one", alias: true}}, from: []source{{table: "u"}}},
	}}
	free := outer.Free()
	require.Len(t, free, 1)
	require.Equal(t, "x", free[0].Column)
	require.Equal(t, "NOCASE", free[0].Collation)
	require.Equal(t, "SELECT * FROM (SELECT a FROM t WHERE b > 1) UNION ALL SELECT u0 FROM (WITH arm(u0, u1) AS (SELECT c, 1 AS one FROM u) SELECT * FROM arm)",
		free[0].Among)
}

// TestFreeColumnsOfSetOperations checks which columns of a compound show one of several equal values, and by which
// collation.
func TestFreeColumnsOfSetOperations(t *testing.T) {
	arm := func(table string, collation string, canonical, bare bool) designed {
		return designed{
			core: &selectCore{items: []item{{expr: "a", name: "a", collation: collation, bare: bare}}, from: []source{{table: table}}},
			cols: []col{{name: "a", affinity: affText, collation: collation, canonical: canonical}},
		}
	}
	binary, nocase, bare := arm("t", "BINARY", true, false), arm("u", "NOCASE", false, false), arm("w", "BINARY", true, true)
	for _, c := range []struct {
		arms   []designed
		ops    []string
		free   bool
		opaque bool
	}{
		{[]designed{binary, binary}, []string{union}, false, false},
		{[]designed{binary, nocase}, []string{unionAll}, false, true},
		{[]designed{nocase, nocase}, []string{except}, true, false},
		{[]designed{bare, nocase}, []string{intersect}, true, true},
	} {
		cols := compoundColumns(c.arms, c.ops, false)
		require.Equal(t, c.free, cols[0].free, c.ops)
		require.Equal(t, c.opaque, cols[0].opaque, c.ops)
	}
	q := &query{arms: []*selectCore{bare.core, nocase.core, binary.core}, ops: []string{union, except}, choice: []bool{true}}
	free := q.Free()
	require.Len(t, free, 1)
	require.Equal(t, "NOCASE", free[0].Collation)
	require.NotContains(t, free[0].Among, "FROM t", "what EXCEPT takes away is not shown")
}

// TestDefinitionsCover checks that the definitions of some histories have everything that is maintained.
func TestDefinitionsCover(t *testing.T) {
	var all strings.Builder
	for n := range uint64(120) {
		for _, s := range Generate(2001, n, Options{Steps: 1}).Steps {
			if s.query != nil && !s.wild || strings.HasPrefix(s.sql.head, "CREATE VIEW") {
				all.WriteString(s.SQL() + "\n")
			}
		}
	}
	for _, form := range []string{"LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "FULL OUTER JOIN", "NATURAL LEFT", "USING (", "JOIN (", " UNION ", " UNION ALL ",
		" INTERSECT ", " EXCEPT ", "NOT EXISTS (SELECT", "NOT IN (SELECT", ") IN (SELECT", "(SELECT count(", "VALUES (", "json_each(", "json_tree(",
		"LEFT JOIN json_", "HAVING", "DISTINCT", "WITH ", "FILTER (WHERE", "ORDER BY", "RIGHT JOIN json_", "FULL JOIN json_", " LIMIT -1", " LIMIT 1)",
		" ORDER BY 1", "CREATE VIEW p1", "CREATE TEMP MATERIALIZED VIEW tv", "FROM p1"} {
		require.Contains(t, all.String(), form)
	}
}
