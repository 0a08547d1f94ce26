package ext_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shownColumn is a column with what histories put into it: few values, of all classes that its affinity lets in, so that
// rows meet, and are equal to what is not identical.
type shownColumn struct {
	name   string
	values []string
}

var (
	someKeys  = []string{"1", "2", "3", "4", "5", "6"}
	someNames = []string{"'a'", "'a'", "'b'", "'c'", "''", "NULL", "5", "'5'", "'5.0'", "1"}
	someInts  = []string{"1", "2", "3", "3", "4", "'5'", "5.0", "'5.0'", "'x'", "2.5", "NULL", "x'35'"}
	someWords = []string{"'a'", "'A'", "'b'", "'B'", "'b '", "NULL", "x'61'"}
	someBare  = []string{"1", "1.0", "'1'", "x'31'", "2", "NULL", "9007199254740993", "9007199254740992.0"}
	someNotes = []string{"1", "2", "'{\"a\":1}'", "'{\"a\":\"z\"}'", "'{'", "NULL"}
)

// shownTables are tables that views read instead of keeping copies: each with indexes on what they look up.
var shownTables = []struct {
	name, definition, indexes string
	columns                   []shownColumn
}{
	{"cust", "(id INTEGER PRIMARY KEY, seg TEXT, note)", "cust(seg)",
		[]shownColumn{{"id", someKeys}, {"seg", someNames}, {"note", someNotes}}},
	{"ord", "(id INTEGER PRIMARY KEY, customer INT, seg TEXT, amount NUMERIC)", "ord(customer, seg); ord(seg, amount)",
		[]shownColumn{{"id", someKeys}, {"customer", someInts}, {"seg", someNames}, {"amount", someInts}}},
	{"item", "(t TEXT NOT NULL, n NUMERIC NOT NULL, i INTEGER, x, PRIMARY KEY(n, t)) WITHOUT ROWID", "item(i, t)",
		[]shownColumn{{"t", someNames}, {"n", someInts}, {"i", someInts}, {"x", someNotes}}},
	{"pair", "(a TEXT UNIQUE, b NUMERIC, c INT NOT NULL)", "UNIQUE pair(c, b); pair(b)",
		[]shownColumn{{"a", someNames}, {"b", someInts}, {"c", someInts}}},
	{"word", "(w TEXT COLLATE NOCASE, k, n INTEGER PRIMARY KEY)", "word(w); word(k)",
		[]shownColumn{{"w", someWords}, {"k", someBare}, {"n", someKeys}}},
	{"tag", "(w TEXT COLLATE NOCASE, k, r REAL)", "tag(k, w); tag(w); tag(r)",
		[]shownColumn{{"w", someWords}, {"k", someBare}, {"r", someInts}}},
}

// shownViews are definitions and how often their plans must say that something is "looked up in base", and "read from
// base".
var shownViews = []struct {
	present, read int
	sql           string
}{
	{0, 2, "SELECT o.id, o.amount, c.seg, c.note FROM ord o JOIN cust c ON c.id = o.customer"},
	{0, 2, "SELECT o.id, p.b FROM ord o JOIN pair p ON o.seg = p.a"},
	{0, 2, "SELECT o.id, i.x, i.n FROM ord o JOIN item i ON i.t = o.seg AND i.i = o.customer"},
	{0, 3, "SELECT c.id, o.amount, p.c, p.b FROM cust c JOIN ord o ON o.customer = c.id JOIN pair p ON p.b = o.amount"},
	{0, 2, "SELECT c.seg, count(*) AS k, sum(o.customer) AS s FROM cust c JOIN ord o ON o.seg = c.seg GROUP BY c.seg"},
	{0, 2, "SELECT a.n, a.w, b.w AS bw, b.r FROM word a JOIN tag b ON a.w = b.w"},
	{0, 2, "SELECT a.n, a.k, b.k AS bk, b.w FROM word a JOIN tag b ON a.k = b.k"},
	{0, 1, "SELECT b.k, o.id, b.r FROM ord o JOIN tag b ON b.r = o.amount"},
	{0, 3, "SELECT a.n, b.k FROM word a LEFT JOIN tag b ON a.w = b.w AND a.k = b.k"},
	{1, 3, "SELECT c.id, o.id AS oid, o.amount FROM cust c LEFT JOIN ord o ON o.customer = c.id"},
	{0, 2, "SELECT c.id, p.b FROM cust c LEFT JOIN pair p ON p.a = c.seg"},
	{2, 4, "SELECT c.seg, p.c FROM cust c FULL JOIN pair p ON p.a = c.seg"},
	{2, 4, "SELECT c.id, o.id AS oid, o.customer, o.amount FROM cust c FULL JOIN ord o ON o.seg = c.seg"},
	{2, 4, "SELECT c.id IS NULL AS l, o.id IS NULL AS r, count(*) AS k FROM cust c FULL JOIN ord o ON o.seg = c.seg GROUP BY 1, 2"},
	{1, 0, "SELECT DISTINCT seg FROM cust"},
	{1, 0, "SELECT DISTINCT seg, customer FROM ord"},
	{1, 0, "SELECT DISTINCT t, n FROM item WHERE x > 1"},
	{1, 0, "SELECT DISTINCT t, i, n FROM item WHERE t > 'a' AND n < 4"},
	{0, 0, "SELECT DISTINCT b, c, a FROM pair WHERE a > 'a' AND b < 4"},
	{1, 0, "SELECT seg, count(*) AS k FROM (SELECT DISTINCT customer, seg FROM ord) GROUP BY seg"},
	{2, 0, "SELECT id FROM cust UNION SELECT customer FROM ord"},
	{2, 0, "SELECT seg FROM cust UNION SELECT seg FROM ord"},
	{3, 0, "SELECT DISTINCT seg FROM (SELECT seg FROM cust UNION ALL SELECT seg FROM ord UNION ALL SELECT a FROM pair)"},
	{2, 0, "SELECT customer FROM ord UNION SELECT id FROM cust WHERE seg >= 'b'"},
	{2, 0, "SELECT t, i FROM item UNION SELECT seg, customer FROM ord"},
	{2, 0, "SELECT id FROM cust EXCEPT SELECT customer FROM ord"},
	{2, 0, "SELECT seg FROM ord INTERSECT SELECT seg FROM cust"},
	{0, 0, "SELECT seg FROM cust INTERSECT SELECT customer FROM ord"},
	{0, 0, "SELECT customer FROM ord EXCEPT SELECT seg FROM cust"},
	{2, 0, "SELECT c FROM pair EXCEPT SELECT id FROM cust WHERE seg = 'a'"},
	{1, 1, "SELECT id, amount FROM ord WHERE customer IN (SELECT id FROM cust WHERE seg = 'a')"},
	{1, 1, "SELECT id FROM ord WHERE EXISTS (SELECT 1 FROM cust WHERE cust.id = ord.customer AND cust.seg > 'a')"},
	{1, 1, "SELECT id, note FROM cust WHERE NOT EXISTS (SELECT 1 FROM ord WHERE ord.customer = cust.id)"},
	{1, 1, "SELECT id FROM cust WHERE id NOT IN (SELECT customer FROM ord)"},
	{1, 1, "SELECT i, x FROM item WHERE (i, t) IN (SELECT customer, seg FROM ord)"},
	{2, 1, "SELECT id, seg FROM cust WHERE seg IN (SELECT seg FROM ord) OR id IN (SELECT c FROM pair)"},
	{2, 1, "SELECT id FROM cust WHERE id IN (SELECT customer FROM ord UNION SELECT i FROM item)"},
	{1, 1, "SELECT c.id, json_extract(c.note, '$.a') AS j FROM cust c WHERE c.id IN (SELECT customer FROM ord)"},
	{0, 2, "SELECT p.c, json_extract(o.amount, '$') AS j, sum(o.amount + p.b) AS s FROM ord o JOIN pair p ON p.a = o.seg GROUP BY p.c, 2"},
	{1, 0, "SELECT id, y FROM (SELECT id, id + 1 AS y FROM cust) AS q WHERE EXISTS (SELECT 1 FROM ord WHERE ord.amount > q.id)"},
	{1, 1, "SELECT c.id, (SELECT count(DISTINCT n) FROM item WHERE item.i = c.id) AS k FROM cust c WHERE c.seg IN (SELECT a FROM pair)"},
}

// shownRig is a session over shownTables, and the views on them under the schema's names.
type shownRig struct {
	session
	r       *rand.Rand
	base    string // the schema of the tables
	schema  string // of the views
	replace bool
}

// tables makes the tables, views the views on them; dependents makes a view on each.
func (s *shownRig) tables() {
	for _, t := range shownTables {
		s.run(fmt.Sprintf("CREATE TABLE %s.%s%s", s.base, t.name, t.definition))
		for i, x := range strings.Split(t.indexes, "; ") {
			unique := ""
			if u, ok := strings.CutPrefix(x, "UNIQUE "); ok {
				unique, x = "UNIQUE ", u
			}
			s.run(fmt.Sprintf("CREATE %sINDEX %s.%s_%d ON %s", unique, s.base, t.name, i, x))
		}
	}
}

func (s *shownRig) views() {
	for i, v := range shownViews {
		s.run(fmt.Sprintf("CREATE MATERIALIZED VIEW %s.v%d AS %s", s.schema, i, v.sql))
	}
}

func (s *shownRig) dependents() {
	for i, v := range shownViews {
		if strings.Contains(v.sql, "json_") {
			continue // REFRESH can't compute a view on one that has failed
		}
		s.run(fmt.Sprintf("CREATE MATERIALIZED VIEW %[1]s.on_v%[2]d AS SELECT * FROM v%[2]d", s.schema, i))
	}
	s.run(fmt.Sprintf(`CREATE MATERIALIZED VIEW %[1]s.idle AS SELECT id FROM cust EXCEPT SELECT customer FROM ord;
		CREATE MATERIALIZED VIEW %[1]s.idlers AS SELECT a.id, b.seg FROM idle a JOIN cust b ON b.id = a.id;
		CREATE MATERIALIZED VIEW %[1]s.idling AS SELECT id FROM idle WHERE id IN (SELECT customer FROM ord) OR id NOT IN (SELECT id FROM cust WHERE seg = 'a')`, s.schema))
}

// right compares all views with their SELECTs.
func (s *shownRig) right() {
	s.t.Helper()
	views, err := oracle.Views(s.t.Context(), s.Conn, oracle.Materialized, s.schema)
	require.NoError(s.t, err)
	require.GreaterOrEqual(s.t, len(views), len(shownViews))
	require.NoError(s.t, oracle.Check(s.t.Context(), s.Conn, oracle.Materialized, views...))
	require.Empty(s.t, s.ask("SELECT name, reason FROM mv_views WHERE state = 'stale'"))
}

func (s *shownRig) one(values []string) string { return values[s.r.IntN(len(values))] }

// row is a row of values for a table.
func (s *shownRig) row(columns []shownColumn) string {
	var vs []string
	for _, c := range columns {
		vs = append(vs, s.one(c.values))
	}
	return "(" + strings.Join(vs, ", ") + ")"
}

// change is a random statement, or a few.
func (s *shownRig) change() string {
	t := shownTables[s.r.IntN(len(shownTables))]
	c, d := t.columns[s.r.IntN(len(t.columns))], t.columns[s.r.IntN(len(t.columns))]
	name := s.base + "." + t.name
	or := "IGNORE"
	if s.replace && s.r.IntN(2) == 0 {
		or = "REPLACE"
	}
	switch s.r.IntN(9) {
	case 0:
		return fmt.Sprintf("UPDATE OR %s %s SET %s = %s WHERE %s IS %s", or, name, c.name, s.one(c.values), d.name, s.one(d.values))
	case 1:
		return fmt.Sprintf("UPDATE OR %s %s SET %s = %s, %s = %s", or, name, c.name, s.one(c.values), t.columns[0].name, t.columns[0].name)
	case 2, 3:
		return fmt.Sprintf("DELETE FROM %s WHERE %s IS %s", name, c.name, s.one(c.values))
	case 4: // deleted and inserted again, perhaps as it was
		v := s.one(c.values)
		return fmt.Sprintf("DELETE FROM %s WHERE %s IS %s; INSERT OR %s INTO %s VALUES%s; INSERT OR IGNORE INTO %s VALUES%s", name, c.name, v,
			or, name, s.row(t.columns), name, s.row(t.columns))
	case 5: // keys move to their neighbours
		return fmt.Sprintf("UPDATE OR %s %s SET %s = %s + 1 WHERE %s > 2 AND typeof(%s) = 'integer'", or, name, c.name, c.name, c.name, c.name)
	}
	rows := make([]string, 1+s.r.IntN(3))
	for i := range rows {
		rows[i] = s.row(t.columns)
	}
	return fmt.Sprintf("INSERT OR %s INTO %s VALUES%s", or, name, strings.Join(rows, ", "))
}

// try runs a change, which a constraint may refuse.
func (s *shownRig) try(text string) {
	s.t.Helper()
	if _, err := s.ExecContext(s.t.Context(), text); err != nil {
		require.ErrorContains(s.t, err, "constraint", text)
	}
}

// within reads the views while a write statement is left open, all of whose changes are made: for the reader alone.
func (s *shownRig) within() {
	s.t.Helper()
	t := shownTables[s.r.IntN(len(shownTables))]
	c := t.columns[s.r.IntN(len(t.columns))]
	rows, err := s.QueryContext(s.t.Context(), fmt.Sprintf("UPDATE OR IGNORE %s.%s SET %s = %s RETURNING 1", s.base, t.name, c.name, s.one(c.values)))
	require.NoError(s.t, err)
	rows.Next()
	s.right()
	require.NoError(s.t, rows.Close())
}

// transaction runs some changes within one, with savepoints, and reads the views after each statement, or only at its end.
func (s *shownRig) transaction(changes int) {
	read := s.r.IntN(3)
	s.run("BEGIN")
	depth := 0
	for range changes {
		switch s.r.IntN(8) {
		case 0:
			s.run(fmt.Sprintf("SAVEPOINT s%d", depth))
			depth++
		case 1:
			if depth > 0 {
				depth = s.r.IntN(depth)
				s.run(fmt.Sprintf("ROLLBACK TO s%d", depth))
				depth++
			}
		case 2:
			if depth > 0 {
				depth = s.r.IntN(depth)
				s.run(fmt.Sprintf("RELEASE s%d", depth))
			}
		case 3:
			s.within()
		default:
			s.try(s.change())
		}
		if read == 0 || read == 1 && s.r.IntN(4) == 0 {
			s.right()
		}
	}
	s.run([]string{"COMMIT", "COMMIT", "COMMIT", "ROLLBACK"}[s.r.IntN(4)])
	s.right()
}

// TestUnfedPlans: the views of these tests read tables as they are there to prove.
func TestUnfedPlans(t *testing.T) {
	s := &shownRig{session: connect(t, ":memory:"), base: "main", schema: "main"}
	s.tables()
	s.views()
	for i, v := range shownViews {
		plan := strings.Join(s.ask(fmt.Sprintf("SELECT state FROM mv_explain('v%d')", i)), "\n")
		assert.Equal(t, v.present, strings.Count(plan, "looked up in base"), "%s\n%s", v.sql, plan)
		assert.Equal(t, v.read, strings.Count(plan, "read from base")-strings.Count(plan, "rows read from base"), "%s\n%s", v.sql, plan)
	}
}

// TestUnfedHistories: transactions that change both sides of joins and all tables of distincts, in every order, few
// changes that are fed in one piece and more, with memory for what is not fed and without; over one schema, an attached
// one, and TEMP views.
func TestUnfedHistories(t *testing.T) {
	transactions := 7
	if testing.Short() {
		transactions = 2
	}
	for i, c := range []struct {
		base, schema string
		overlay      int64
		replace      bool
		first        bool // rows before views
		dependents   bool
	}{
		{"main", "main", 64 << 20, false, false, false},
		{"main", "main", 64 << 20, true, true, true},
		{"main", "main", 700, false, true, false},
		{"main", "main", 700, true, false, true},
		{"aux", "aux", 64 << 20, true, true, false},
		{"main", "temp", 64 << 20, true, true, false},
	} {
		if testing.Short() && i%2 == 0 {
			continue
		}
		for seed := range uint64(1) {
			t.Run(fmt.Sprintf("%s %s overlay %d replace %v dependents %v seed %d", c.base, c.schema, c.overlay, c.replace, c.dependents, seed), func(t *testing.T) {
				bound(t, 1<<20, c.overlay)
				main, aux := file(t), file(t)
				s := &shownRig{session: connect(t, main), r: rand.New(rand.NewPCG(seed, 11)), base: c.base, schema: c.schema, replace: c.replace}
				attach := func() {
					if c.base == "aux" {
						s.run("ATTACH '" + aux + "' AS aux")
					}
				}
				attach()
				s.tables()
				if c.first {
					for range 60 {
						s.try(s.change())
					}
				}
				s.views()
				if c.dependents {
					s.dependents()
				}
				s.right()
				for n := range transactions {
					s.transaction([]int{1, 2, 3, 4, 12, 30}[s.r.IntN(6)])
					if n == transactions/2 {
						for i := range shownViews {
							s.run(fmt.Sprintf("REFRESH MATERIALIZED VIEW %s.v%d", c.schema, i))
						}
						s.right()
					}
				}
				if c.schema == "temp" {
					return
				}
				require.NoError(t, s.Close())
				s.session = connect(t, main)
				attach()
				s.right()
				s.transaction(6)
			})
		}
	}
}

// TestUnfedReadWithin: triggers read the views while a statement runs, and see what their SELECTs give.
func TestUnfedReadWithin(t *testing.T) {
	seeds := uint64(2)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		s := &shownRig{session: connect(t, ":memory:"), r: rand.New(rand.NewPCG(seed, 13)), base: "main", schema: "main"}
		s.tables()
		s.run("CREATE TABLE seen(v, n, want)")
		var reads strings.Builder
		for _, i := range []int{0, 7, 9, 11, 12, 13, 20, 24, 28, 30} {
			fmt.Fprintf(&reads, "INSERT INTO seen SELECT %d, (SELECT count(*) FROM v%d), (SELECT count(*) FROM (%s)); ", i, i, shownViews[i].sql)
		}
		for _, x := range shownTables {
			for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
				s.run(fmt.Sprintf("CREATE TRIGGER %s_%s AFTER %s ON %s BEGIN %s END", x.name, event, event, x.name, reads.String()))
			}
		}
		s.views()
		for range 8 {
			s.transaction(6)
		}
		require.NotZero(t, s.ask("SELECT count(*) FROM seen"))
		require.Empty(t, s.ask("SELECT * FROM seen WHERE n IS NOT want"))
	}
}

// TestUnfedFills: views are filled by the circuit, as others depend on them, in pieces that begin and end within keys.
func TestUnfedFills(t *testing.T) {
	s := &shownRig{session: connect(t, ":memory:"), r: rand.New(rand.NewPCG(1, 17)), base: "main", schema: "main"}
	s.tables()
	s.run(`CREATE TABLE n(i); WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 150) INSERT INTO n SELECT i FROM r;
		INSERT INTO cust SELECT i, 's' || (i % 3), i % 7 FROM n WHERE i < 60; -- so few that ord begins with a small piece
		INSERT INTO ord SELECT i, nullif(i % 6, 2), 's' || (i % 5), i % 3 FROM n;
		INSERT INTO item SELECT 's' || (i % 4), i % 60, i % 2, i % 3 FROM n GROUP BY 1, 2;
		INSERT INTO pair SELECT 's' || i, i % 6, i FROM n;
		INSERT INTO word SELECT 'w' || (i % 20), i % 20, i FROM n; INSERT INTO tag SELECT 'W' || (i % 40), i % 25 + 0.0, i % 9 FROM n`)
	s.views()
	s.right()
	s.dependents()
	for i := range shownViews {
		s.run(fmt.Sprintf("REFRESH MATERIALIZED VIEW v%d", i))
	}
	s.right()
	for range 10 {
		s.try(s.change())
		s.right()
	}
	s.run("BEGIN; UPDATE cust SET seg = 's' || (id / 70); UPDATE ord SET customer = id / 60, seg = 's' || (id / 50); UPDATE item SET i = x; UPDATE OR IGNORE pair SET b = c % 5; COMMIT")
	s.right()
	s.run("BEGIN; DELETE FROM ord WHERE id > 9; DELETE FROM cust WHERE id > 12; DELETE FROM item WHERE i > 0; DELETE FROM pair WHERE c % 50; COMMIT")
	s.right()
}

// TestUnfedChunks: transactions of more changes than go through a circuit at a time, on both sides of joins and all tables
// of distincts; with memory for what is not fed, and without.
func TestUnfedChunks(t *testing.T) {
	if testing.Short() {
		t.Skip("sizes")
	}
	const rows = 16500
	many := func(table, values string) string {
		return fmt.Sprintf("INSERT INTO %s WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT %s FROM n", table, rows, values)
	}
	for _, overlay := range []int64{64 << 20, 1 << 20} {
		bound(t, 64<<20, overlay)
		s := connect(t, ":memory:")
		s.run(`CREATE TABLE cust(id INTEGER PRIMARY KEY, seg TEXT);
			CREATE TABLE ord(id INTEGER PRIMARY KEY, customer INT, seg TEXT); CREATE INDEX c ON ord(customer); CREATE INDEX s ON ord(seg);
			CREATE INDEX cs ON cust(seg)`)
		for i, v := range []struct{ sql, plan string }{
			{"SELECT o.id, c.seg FROM ord o JOIN cust c ON c.id = o.customer", "left side read from base ord via index c; right side read from base cust"},
			{"SELECT c.id, o.id AS oid FROM cust c LEFT JOIN ord o ON o.customer = c.id", "looked up in base ord via index c"},
			{"SELECT seg FROM cust UNION SELECT seg FROM ord", "looked up in base cust via index cs; looked up in base ord via index s"},
			{"SELECT id FROM cust EXCEPT SELECT customer FROM ord", "looked up in base cust via primary key"},
			{"SELECT id FROM ord WHERE customer IN (SELECT id FROM cust WHERE seg > 's3')", "looked up in base cust via primary key"},
		} {
			s.run(fmt.Sprintf("CREATE MATERIALIZED VIEW v%d AS %s; CREATE MATERIALIZED VIEW on_v%d AS SELECT count(*) AS n FROM v%d", i, v.sql, i, i))
			require.Contains(t, fmt.Sprint(s.ask(fmt.Sprintf("SELECT state FROM mv_explain('v%d')", i))), v.plan)
		}
		for _, text := range []string{
			many("ord", "i, i / 3, 's' || (i / 700)") + "; " + many("cust", "i, 's' || (i / 300)"),
			`UPDATE cust SET seg = 's' || (id / 500), id = id + 100000; UPDATE ord SET seg = 's' || (id / 900) WHERE id > 100;
				UPDATE cust SET id = id - 100000; SAVEPOINT s; DELETE FROM cust WHERE id > 50; ROLLBACK TO s; DELETE FROM ord WHERE id % 3 = 0`,
			"DELETE FROM ord WHERE id > 30; DELETE FROM cust WHERE id % 700",
		} {
			s.run("BEGIN; " + text + "; COMMIT")
			s.right()
		}
	}
}
