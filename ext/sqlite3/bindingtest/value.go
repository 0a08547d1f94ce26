package bindingtest

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// values draws SQL values of every kind, with the ones that bindings lose: empty and NUL-containing text and blobs,
// infinities, negative zero, the ends of the integers, and sizes past the buffers.
func values() *rapid.Generator[dbsp.Value] {
	return rapid.Custom(func(t *rapid.T) dbsp.Value {
		size := rapid.SampledFrom([]int{0, 1, 7, 8, 31, 32, 63, 64, 65, 200, 1 << 14, 1<<14 + 1, 1<<16 + 9})
		switch dbsp.Kind(rapid.IntRange(0, 4).Draw(t, "kind")) {
		case dbsp.Integer:
			return dbsp.NewInteger(rapid.OneOf(rapid.Int64(),
				rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 47, 1 << 48})).Draw(t, "integer"))
		case dbsp.Real:
			return dbsp.NewReal(rapid.OneOf(rapid.Float64(),
				rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, 1e300, 5e-324})).Draw(t, "real"))
		case dbsp.Text:
			s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "a\x00b", "a\x00", "12", "1.0", "é"})).Draw(t, "text")
			if n := size.Draw(t, "size"); n > 0 && rapid.Bool().Draw(t, "long") {
				s = strings.Repeat("x", n-1) + "é"
			}
			return dbsp.NewText(s)
		case dbsp.Blob:
			b := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.SampledFrom([][]byte{{}, {0}, {0, 1, 0}, {0xff}})).Draw(t, "blob")
			if n := size.Draw(t, "size"); rapid.Bool().Draw(t, "long") {
				b = make([]byte, n)
			}
			return dbsp.NewBlob(string(b))
		}
		return dbsp.Value{}
	})
}

// testValuesRoundTrip sends values through every way in and out: bound parameter, result column, function argument and
// result, xUpdate argument, xColumn, xFilter argument and a stored record; in UTF-8 and in UTF-16 databases.
func testValuesRoundTrip(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		t.Run(encoding, func(t *testing.T) {
			var (
				in, out  dbsp.Row // what is sent, and what xUpdate or the scan got
				problem  error
				filtered dbsp.Value
			)
			check := func(where string, got, want dbsp.Value) {
				if got != want && problem == nil {
					problem = fmt.Errorf("%s: got %v, want %v", where, got, want)
				}
			}
			snk := &sink{declare: "CREATE TABLE x(a,b,c)", update: func(args sqlite3.Args) (int64, error) {
				out = copyArgs(args)
				for i := range args.Len() {
					raw := args.Raw(i)
					check("raw and copy", raw, out[i])
					if subject.Slow != nil {
						check("slow path", subject.Slow(args, i), raw)
					}
				}
				return 0, nil
			}}
			ser := &series{declare: "CREATE TABLE x(a)", bestIndex: func(info *sqlite3.IndexInfo) error {
				for i := range info.Constraints {
					if info.Constraints[i].Usable {
						info.Constraints[i].ArgvIndex = 1
						info.Constraints[i].Omit = true
						break
					}
				}
				return nil
			}, filter: func(_ int, _ string, args sqlite3.Args) error {
				for i := range args.Len() {
					filtered = args.Value(i)
				}
				return nil
			}}
			var insert, read, echo, filter sqlite3.Stmt
			prepare := func(c sqlite3.Conn, sql string) (s sqlite3.Stmt, err error) {
				s, tail, err := c.Prepare(sql, true)
				if err == nil && tail != "" {
					err = fmt.Errorf("tail %q", tail)
				}
				return s, err
			}
			pass := func(c sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
				err := func() (err error) {
					if echo == nil {
						for s, sql := range map[*sqlite3.Stmt]string{
							&insert: "INSERT INTO cap SELECT ?,?,?",
							&read:   "SELECT a FROM rows",
							&echo:   "SELECT ?1, same(?1), (SELECT v FROM kept WHERE k=1)",
							&filter: "SELECT 1 FROM rows WHERE a=?",
						} {
							if *s, err = prepare(c, sql); err != nil {
								return err
							}
						}
					}
					each := func(s sqlite3.Stmt, args ...dbsp.Value) (rows []dbsp.Row, err error) {
						for i, v := range args {
							if err := s.Bind(i+1, v); err != nil {
								return nil, err
							}
						}
						for {
							ok, err := s.Step()
							if err != nil {
								return nil, err
							}
							if !ok {
								return rows, s.Reset()
							}
							row := dbsp.Row{}
							for i := range s.ColumnCount() {
								row = append(row, s.Column(i))
								check("raw column", s.ColumnRaw(i), row[i])
							}
							rows = append(rows, row)
						}
					}
					if _, err := each(insert, in...); err != nil {
						return err
					}
					for i, v := range in {
						check("xUpdate", out[2+i], v)
					}
					ser.rows = []dbsp.Row{in[:1], in[1:2], in[2:3]}
					scanned, err := each(read)
					if err != nil {
						return err
					}
					for i, v := range in {
						check("xColumn", scanned[i][0], v)
						rows, err := each(echo, v)
						if err != nil {
							return err
						}
						check("bind and column", rows[0][0], v)
						check("function", rows[0][1], v)
						if _, err := each(filter, v); err != nil {
							return err
						}
						check("xFilter", filtered, v)
					}
					store, err := prepare(c, "REPLACE INTO kept VALUES(1,?)")
					if err != nil {
						return err
					}
					if _, err = each(store, in[0]); err != nil {
						return err
					}
					rows, err := each(echo, in[1])
					if err != nil {
						return err
					}
					check("record", rows[0][2], in[0])
					return store.Finalize()
				}()
				if err != nil {
					r.Error(err)
				}
			}
			var db *sql.DB
			snk.gone = func() error {
				for _, s := range []sqlite3.Stmt{insert, read, echo, filter} {
					if s != nil {
						if err := s.Finalize(); err != nil {
							return err
						}
					}
				}
				return nil
			}
			db = open(t, func(c sqlite3.Conn) error {
				for _, f := range []*sqlite3.Function{
					{Name: "pass", Scalar: pass},
					{Name: "same", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { r.Set(args.Raw(0)) }},
				} {
					if err := c.CreateFunction(f); err != nil {
						return err
					}
				}
				if err := c.CreateModule("rows", ser.module()); err != nil {
					return err
				}
				return c.CreateModule("sink", snk.module())
			})
			mustExec(t, db, "PRAGMA encoding='"+encoding+"'")
			mustExec(t, db, "CREATE TABLE kept(k INTEGER PRIMARY KEY, v)")
			mustExec(t, db, "CREATE VIRTUAL TABLE cap USING sink")
			rapid.Check(t, func(rt *rapid.T) {
				in, out, problem = dbsp.Row{}, nil, nil
				for range 3 {
					v := values().Draw(rt, "value")
					if encoding != "UTF-8" && v.Kind() == dbsp.Text {
						v = dbsp.NewText(strings.ToValidUTF8(v.Str(), "?"))
						if strings.HasPrefix(v.Str(), "\ufeff") {
							v = dbsp.NewText("bom") // SQLite takes a byte order mark off
						}
					}
					in = append(in, v)
				}
				var r any
				require.NoError(rt, db.QueryRow("SELECT pass()").Scan(&r))
				require.NoError(rt, problem)
			})
		})
	}
}

// testZeroBlob reads a blob whose zeroes SQLite has not written out.
func testZeroBlob(t *testing.T) {
	var got dbsp.Value
	db := open(t, func(c sqlite3.Conn) error {
		return c.CreateFunction(&sqlite3.Function{Name: "f", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			got = args.Value(0)
			r.Set(args.Raw(0))
		}})
	})
	require.Equal(t, [][]any{{[]byte{0, 0, 0}}}, queryRows(t, db, "SELECT f(zeroblob(3))"))
	require.Equal(t, dbsp.NewBlob("\x00\x00\x00"), got)
	require.Equal(t, [][]any{{"blob", int64(0)}}, queryRows(t, db, "SELECT typeof(f(zeroblob(0))), length(f(x''))"))
}

// testNumeric compares Numeric with what sum() makes of single values, and checks that the text is still there after it.
func testNumeric(t *testing.T) {
	db := open(t, func(c sqlite3.Conn) error {
		return c.CreateFunction(&sqlite3.Function{Name: "num", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
			before := args.Value(0)
			n := args.Numeric(0)
			if after := args.Value(0); before != after {
				r.Error(fmt.Errorf("%v became %v", before, after))
				return
			}
			r.Set(n)
		}})
	})
	for _, literal := range []string{
		"NULL", "1", "-9223372036854775808", "1.5", "9e999", "''", "'abc'", "'12'", "' 12 '", "'12x'", "'1.5'", "'1e2'",
		"'9223372036854775807'", "'9223372036854775808'", "'0x10'", "'1.0'", "x''", "x'3132'", "x'312e35'", "zeroblob(2)", "'-'", "'.5'",
	} {
		got := queryRows(t, db, "SELECT typeof(num(v)), num(v), typeof(v) FROM (SELECT "+literal+" AS v)")
		want := queryRows(t, db, "SELECT typeof(sum(v)), sum(v), typeof(v) FROM (SELECT "+literal+" AS v)")
		require.Equal(t, want, got, literal)
	}
}
