package bindingtest

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

const benchRows = 100_000

const benchBase = `CREATE TABLE base(a INTEGER PRIMARY KEY, b TEXT, c REAL, d INTEGER);
	WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM t WHERE i<100000)
	INSERT INTO base SELECT i, 'region ' || (i % 100), i * 0.5, i % 7 FROM t`

// perRow runs sql b.N times and reports nanoseconds and allocations per row.
func perRow(b *testing.B, db *sql.DB, sql string) {
	b.Helper()
	mustExec(b, db, sql)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := db.Exec(sql); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

// benchUpdate is the way of a captured row: INSERT … SELECT of 4 columns into a virtual table, each argument decoded.
// The "scan" case is the SELECT alone.
func benchUpdate(b *testing.B) {
	var sum int64
	s := &sink{declare: "CREATE TABLE x(a,b,c,d)", update: func(args sqlite3.Args) (int64, error) {
		for i := range args.Len() {
			v := args.Raw(i)
			sum += v.Int() + int64(len(v.Str()))
		}
		return 0, nil
	}}
	db := open(b, func(c sqlite3.Conn) error { return c.CreateModule("sink", s.module()) })
	mustExec(b, db, benchBase)
	mustExec(b, db, "CREATE VIRTUAL TABLE cap USING sink")
	mustExec(b, db, "CREATE TEMP TABLE plain(a,b,c,d)")
	b.Run("vtab", func(b *testing.B) { perRow(b, db, "INSERT INTO cap SELECT a,b,c,d FROM base") })
	b.Run("plain", func(b *testing.B) { perRow(b, db, "DELETE FROM plain; INSERT INTO plain SELECT a,b,c,d FROM base") })
	b.Run("scan", func(b *testing.B) {
		perRow(b, db, "SELECT count(*) FROM base WHERE a+c+d IS NULL OR b IS NULL")
	})
	b.Run("trigger", func(b *testing.B) {
		mustExec(b, db, "CREATE TABLE IF NOT EXISTS t2(a,b,c,d); CREATE TEMP TRIGGER IF NOT EXISTS tr AFTER INSERT ON t2 BEGIN INSERT INTO cap VALUES(new.a,new.b,new.c,new.d); END")
		perRow(b, db, "DELETE FROM t2; INSERT INTO t2 SELECT a,b,c,d FROM base")
	})
}

// benchScan reads a virtual table of 4 columns whose rows are in Go memory.
func benchScan(b *testing.B) {
	s := &series{declare: "CREATE TABLE x(a INTEGER, b TEXT, c REAL, d INTEGER)"}
	row := dbsp.Row{dbsp.NewInteger(1), dbsp.NewText("region 12"), dbsp.NewReal(2.5), dbsp.NewInteger(7)}
	for range benchRows {
		s.rows = append(s.rows, row)
	}
	db := open(b, func(c sqlite3.Conn) error { return c.CreateModule("nums", s.module()) })
	mustExec(b, db, benchBase)
	for name, table := range map[string]string{"vtab": "nums", "plain": "base"} {
		b.Run("rows/"+name, func(b *testing.B) { perRow(b, db, "SELECT count(*) FROM "+table) })
		b.Run("integer/"+name, func(b *testing.B) { perRow(b, db, "SELECT sum(d) FROM "+table) })
		b.Run("text/"+name, func(b *testing.B) { perRow(b, db, "SELECT max(length(b)) FROM "+table) })
		b.Run("all/"+name, func(b *testing.B) {
			perRow(b, db, "SELECT count(*) FROM "+table+" WHERE a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL")
		})
	}
}

// benchStmt is a prepared statement as the engine runs them for each key of a step.
func benchStmt(b *testing.B) {
	run := func(b *testing.B, sql string, each func(s sqlite3.Stmt)) {
		db := open(b, func(c sqlite3.Conn) error {
			return c.CreateFunction(&sqlite3.Function{Name: "run", Scalar: func(c sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
				s, _, err := c.Prepare(sql, true)
				if err != nil {
					r.Error(err)
					return
				}
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					each(s)
				}
				b.StopTimer()
				if err := s.Finalize(); err != nil {
					r.Error(err)
				}
			}})
		})
		mustExec(b, db, benchBase)
		mustExec(b, db, "CREATE TABLE state(k BLOB PRIMARY KEY, v) WITHOUT ROWID")
		rows, err := db.Query("SELECT run()")
		require.NoError(b, err)
		require.True(b, rows.Next(), rows.Err())
		require.NoError(b, rows.Close())
	}
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var n int64
	b.Run("lookup", func(b *testing.B) {
		run(b, "SELECT a,b,c,d FROM base WHERE a=?", func(s sqlite3.Stmt) {
			must(s.Bind(1, dbsp.NewInteger(n%benchRows+1)))
			ok, err := s.Step()
			if err != nil || !ok {
				panic("no row")
			}
			for i := range 4 {
				n += int64(len(s.ColumnRaw(i).Str()))
			}
			n++
			must(s.Reset())
		})
	})
	b.Run("columns", func(b *testing.B) {
		run(b, "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM t) SELECT 1,2.5,'text',x'00' FROM t", func(s sqlite3.Stmt) {
			ok, err := s.Step()
			if err != nil || !ok {
				panic("no row")
			}
			for i := range 4 {
				n += int64(len(s.ColumnRaw(i).Str()))
			}
		})
	})
	b.Run("upsert", func(b *testing.B) {
		keys := [16]dbsp.Value{}
		for i := range keys {
			keys[i] = dbsp.NewBlob("some group key " + string(rune('a'+i)))
		}
		run(b, "INSERT INTO state VALUES(?,?) ON CONFLICT DO UPDATE SET v=excluded.v", func(s sqlite3.Stmt) {
			n++
			must(s.Bind(1, keys[n&15]))
			must(s.Bind(2, dbsp.NewInteger(n)))
			_, err := s.Step()
			must(err)
			must(s.Reset())
		})
	})
	b.Run("bind", func(b *testing.B) {
		run(b, "SELECT ?", func(s sqlite3.Stmt) { must(s.Bind(1, dbsp.NewText("a value of some length, 40 bytes or so.."))) })
	})
}
