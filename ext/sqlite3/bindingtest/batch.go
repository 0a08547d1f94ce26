package bindingtest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// batchTable is a sink table with a batch, which its update collects first.
type batchTable struct {
	sinkTable
	batch sqlite3.Batch
}

func (t *batchTable) Batch() sqlite3.Batch { return t.batch }

// batched opens a database with a table cap(k, a, b) whose inserts go to a batch, if the binding has any, and to update.
func batched(t *testing.T, update func(sqlite3.Args)) (*sql.DB, *batchTable) {
	table := &batchTable{}
	db := open(t, func(c sqlite3.Conn) error {
		b, ok := c.(sqlite3.Batcher)
		if !ok {
			return nil
		}
		batch, err := b.NewBatch()
		if err != nil {
			return err
		}
		s := &sink{conn: c, update: func(args sqlite3.Args) (int64, error) {
			update(args)
			c.RestoreChanges(c.Changes(), c.TotalChanges()-1)
			return c.LastInsertRowid(), nil
		}}
		*table = batchTable{sinkTable{s}, batch}
		m := func(c sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			return table, c.DeclareVTab("CREATE TABLE x(k, a, b)")
		}
		return c.CreateModule("sink", &sqlite3.Module{Connect: m, Create: m, Writable: true})
	})
	if table.batch == nil {
		t.Skip("this binding has no batches")
	}
	mustExec(t, db, "CREATE VIRTUAL TABLE cap USING sink")
	return db, table
}

// testBatch checks that a batch and Update together have all rows in order, and each value as AppendIdentity writes it.
func testBatch(t *testing.T) {
	type entry struct {
		code int64
		row  string
	}
	var got []entry
	var table *batchTable
	called := 0
	collect := func() {
		sqlite3.Entries(table.batch.Take(), func(code int64, row []byte) { got = append(got, entry{code, string(row)}) })
	}
	db, table := batched(t, func(args sqlite3.Args) {
		collect()
		called++
		got = append(got, entry{args.Raw(2).Int(), string(dbsp.AppendRow(nil, dbsp.Row{args.Value(3), args.Value(4)}))})
	})
	table.batch.Accept(7, 2)
	table.batch.Accept(1<<40, 2)
	rows, waited := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		got = nil
		var want []entry
		for range rapid.IntRange(1, 20).Draw(rt, "rows") {
			e := entry{code: rapid.SampledFrom([]int64{7, 7, 1 << 40, 8}).Draw(rt, "code")}
			row := dbsp.Row{values().Draw(rt, "a"), values().Draw(rt, "b")}
			e.row = string(dbsp.AppendRow(nil, row))
			want = append(want, e)
			before := called
			mustExec(t, db, "INSERT INTO cap VALUES(?, ?, ?)", e.code, bound(row[0]), bound(row[1]))
			if rows++; called == before {
				waited++
				require.NotEqual(rt, int64(8), e.code)
			}
		}
		collect()
		require.Equal(rt, want, got)
	})
	require.Greater(t, waited, rows/4, "%d of %d rows waited", waited, rows)

	// What is no row of an accepted code goes to Update.
	table.batch.Refuse()
	before := called
	mustExec(t, db, "INSERT INTO cap VALUES(7, 1, 2), ('7', 1, 2)")
	require.Equal(t, before+2, called)
	table.batch.Accept(7, 2)
	mustExec(t, db, "INSERT INTO cap VALUES('7', 1, 2), (7.0, 1, 2), (NULL, 1, 2)")
	require.Equal(t, before+5, called)
	require.Empty(t, table.batch.Take())
	for _, n := range []int{100, 1 << 20} { // more than there is room for
		got, before = nil, called
		mustExec(t, db, "WITH RECURSIVE t(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM t WHERE i<5000) INSERT INTO cap SELECT 7, i, ? FROM t WHERE i < ?",
			strings.Repeat("x", n), 1<<22/n)
		collect()
		require.Len(t, got, min(5000, 1<<22/n-1))
		for i, e := range got {
			v, _, err := dbsp.DecodeIdentity(e.row)
			require.NoError(t, err)
			require.Equal(t, int64(i+1), v.Int())
		}
		require.Greater(t, called, before)
	}
}

// testBatchCounters checks that rows which wait do not show in the user's numbers.
func testBatchCounters(t *testing.T) {
	db, table := batched(t, func(sqlite3.Args) {})
	for _, wait := range []bool{true, false} {
		table.batch.Refuse()
		if wait {
			table.batch.Accept(7, 1)
		}
		mustExec(t, db, "DROP TABLE IF EXISTS base; CREATE TABLE base(a)")
		mustExec(t, db, "CREATE TRIGGER base_ai AFTER INSERT ON base BEGIN INSERT INTO cap(k, a) VALUES(7, new.a); END")
		before := queryRows(t, db, "SELECT total_changes()")[0][0].(int64)
		mustExec(t, db, "INSERT INTO base VALUES(1), (2), (3)")
		require.Equal(t, [][]any{{int64(3), before + 3, int64(3)}}, queryRows(t, db, "SELECT changes(), total_changes(), last_insert_rowid()"))
		n := 0
		sqlite3.Entries(table.batch.Take(), func(int64, []byte) { n++ })
		require.Equal(t, map[bool]int{true: 3}[wait], n)
	}
}

// testFlag checks a function that returns what Go code set last.
func testFlag(t *testing.T) {
	var set func(bool)
	db := open(t, func(c sqlite3.Conn) (err error) {
		if f, ok := c.(sqlite3.Flagger); ok {
			set, err = f.CreateFlag("flagged")
		}
		return err
	})
	if set == nil {
		t.Skip("this binding has no flags")
	}
	for _, on := range []bool{false, true, true, false} {
		set(on)
		require.Equal(t, [][]any{{map[bool]int64{true: 1}[on]}}, queryRows(t, db, "SELECT flagged()"))
	}
}

// bound is v as database/sql binds it.
func bound(v dbsp.Value) any {
	switch v.Kind() {
	case dbsp.Integer:
		return v.Int()
	case dbsp.Real:
		return v.Real()
	case dbsp.Text:
		return v.Str()
	case dbsp.Blob:
		return []byte(v.Str())
	}
	return nil
}

// testOffer checks the functions by which triggers offer rows to a batch, and ask what it knows.
func testOffer(t *testing.T) {
	var (
		b          sqlite3.Batch
		set        func(bool)
		shows      []func(sqlite3.Batch)
		show, seen func(sqlite3.Batch)
	)
	db := open(t, func(c sqlite3.Conn) (err error) {
		o, ok := c.(sqlite3.Offerer)
		if !ok {
			return nil
		}
		if b, err = c.(sqlite3.Batcher).NewBatch(); err != nil {
			return err
		}
		if show, err = o.CreateOffer("offer"); err != nil {
			return err
		}
		set, seen, err = o.CreateGuard("guard")
		shows = []func(sqlite3.Batch){show, seen}
		return err
	})
	if set == nil {
		t.Skip("this binding takes no offers")
	}
	ask := func(sql string, want int64) {
		t.Helper()
		require.Equal(t, [][]any{{want}}, queryRows(t, db, "SELECT "+sql), sql)
	}
	ask("offer(7, 1, 'a')", 1) // nothing is shown
	for _, f := range shows {
		f(b)
	}
	ask("offer(7, 1, 'a')", 1) // nothing is accepted
	b.Accept(7, 2)
	b.Accept(8, 1)
	ask("offer(7, 1, 'a')", 0)
	ask("offer(7, 1)", 1) // all of the row, or nothing
	ask("offer(7, 1, 2, 3)", 1)
	ask("offer(7)", 1)
	ask("offer()", 1)
	ask("offer('7', 1, 'b')", 1)
	ask("offer(8, NULL)", 0)
	ask("offer(9, 1)", 1)

	set(true)
	ask("guard(7, 100)", 1) // no rowid is known
	b.Highest(7, 0, 50)
	ask("guard(7, 50)", 1)
	ask("guard(7, 51)", 0)
	ask("guard(8, 51)", 1)
	ask("guard(7, '51')", 1)
	ask("guard(7, NULL)", 1)
	ask("offer(7, 60, 'c')", 0) // the batch goes along
	ask("guard(7, 60)", 1)
	ask("guard(7, 61)", 0)
	ask("offer(7, 10, 'd')", 0)
	ask("guard(7, 61)", 0)
	set(false)
	ask("guard(7, 60)", 0)
	set(true)
	b.Refuse()
	ask("guard(7, 61)", 1)
	b.Accept(7, 2)
	ask("guard(7, 61)", 1)

	var got []string
	sqlite3.Entries(b.Take(), func(code int64, row []byte) {
		s := fmt.Sprint(code)
		for rest := string(row); rest != ""; {
			v, r, err := dbsp.DecodeIdentity(rest)
			require.NoError(t, err)
			s, rest = s+" "+v.String(), r
		}
		got = append(got, s)
	})
	require.Equal(t, []string{"7 1 'a'", "8 NULL", "7 60 'c'", "7 10 'd'"}, got)
	for _, f := range shows {
		f(nil)
	}
	b.Accept(7, 2)
	b.Highest(7, 0, 1)
	ask("offer(7, 1, 'a')", 1)
	ask("guard(7, 5)", 1)
}

// testKey checks the function that encodes rows.
func testKey(t *testing.T) {
	there := false
	db := open(t, func(c sqlite3.Conn) error {
		k, ok := c.(sqlite3.KeyEncoder)
		if !ok {
			return nil
		}
		there = true
		return k.CreateKey("encode_row", 20)
	})
	if !there {
		t.Skip("this binding encodes no rows")
	}
	rapid.Check(t, func(rt *rapid.T) {
		row := rapid.SliceOfN(values(), 0, 5).Draw(rt, "row")
		var args []any
		for _, v := range row {
			args = append(args, bound(v))
		}
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(row)), ", ")
		got := queryRows(t, db, "SELECT encode_row("+marks+")", args...)[0][0]
		if want := dbsp.AppendRow([]byte{}, row); len(want) <= 20 {
			require.Equal(rt, want, got)
		} else {
			require.Nil(rt, got)
		}
	})
}
