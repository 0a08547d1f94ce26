package modernc

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/sqlite-mv/sqlite-mv/ext/driver/drivertest"
)

func init() {
	sqlite.MustRegisterDeterministicScalarFunction("doubled", 1,
		func(_ *sqlite.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
			n, ok := args[0].(int64)
			if !ok {
				return nil, errors.New("doubled: not an integer")
			}
			return 2 * n, nil
		})
	sqlite.MustRegisterFunction("median", &sqlite.FunctionImpl{NArgs: 1, Deterministic: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &median{}, nil }})
	sqlite.MustRegisterCollationUtf8("by_length", func(a, b string) int { return len(a) - len(b) })
}

// median is drivertest's aggregate as modernc's package calls it, outside of windows.
type median struct{ drivertest.Median }

func (m *median) Step(_ *sqlite.FunctionContext, args []sqldriver.Value) error {
	return m.Median.Step(args[0])
}

func (m *median) WindowInverse(*sqlite.FunctionContext, []sqldriver.Value) error {
	return errors.New("median: no window function")
}

func (m *median) WindowValue(*sqlite.FunctionContext) (sqldriver.Value, error) { return m.Done(), nil }

func (m *median) Final(*sqlite.FunctionContext) {}

func TestOptionsOfTheInnerDriver(t *testing.T) {
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	t.Run("pragmas", func(t *testing.T) {
		db := open(t, "?_pragma=foreign_keys(1)&_pragma=user_version(42)&_journal_mode=WAL")
		require.Equal(t, [][]any{{int64(1)}}, ask(t, db, "PRAGMA foreign_keys"))
		require.Equal(t, [][]any{{int64(42)}}, ask(t, db, "PRAGMA user_version"))
		require.Equal(t, [][]any{{"wal"}}, ask(t, db, "PRAGMA journal_mode"))
	})
	t.Run("time format", func(t *testing.T) {
		db := open(t, "?_time_format=datetime")
		run(t, db, "CREATE TABLE t(d TEXT); INSERT INTO t VALUES(?)", at)
		require.Equal(t, [][]any{{"2024-05-06 07:08:09"}}, ask(t, db, "SELECT d FROM t"))
	})
	t.Run("integer time", func(t *testing.T) {
		db := open(t, "?_time_integer_format=unix&_inttotime=1&_timezone=UTC")
		run(t, db, "CREATE TABLE t(d DATETIME); INSERT INTO t VALUES(?)", at)
		require.Equal(t, [][]any{{at}}, ask(t, db, "SELECT d FROM t"))
		require.Equal(t, [][]any{{"integer"}}, ask(t, db, "SELECT typeof(d) FROM t"))
	})
	t.Run("lock mode", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "test.db")
		db := openFile(t, file+"?_txlock=immediate")
		run(t, db, "CREATE TABLE t(a)")
		tx, err := db.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = openFile(t, file).Exec("INSERT INTO t VALUES(1)")
		require.ErrorContains(t, err, "locked")
	})
	t.Run("read only", func(t *testing.T) {
		db := openFile(t, "file:"+filepath.Join(t.TempDir(), "missing.db")+"?mode=ro")
		require.Error(t, db.Ping())
	})
	t.Run("bad", func(t *testing.T) {
		_, err := sql.Open(Name, "x.db?_pragma=%zz")
		require.Error(t, err)
		require.Error(t, open(t, "?_txlock=sometimes").Ping())
	})
}

func TestRegisteredFunctions(t *testing.T) {
	db := open(t, "")
	require.Equal(t, [][]any{{int64(42)}}, ask(t, db, "SELECT doubled(21)"))
	require.Equal(t, [][]any{{"b"}, {"aa"}}, ask(t, db, "SELECT * FROM (SELECT 'aa' AS x UNION ALL SELECT 'b') ORDER BY x COLLATE by_length"))
}

func TestOpenedLikeTheInnerDriver(t *testing.T) {
	require.Contains(t, sql.Drivers(), Name)
	c, err := NewConnector(":memory:")
	require.NoError(t, err)
	require.IsType(t, &Driver{}, c.Driver())
	db := sql.OpenDB(c)
	defer db.Close()
	require.NoError(t, db.Ping())

	conn, err := db.Driver().Open(":memory:")
	require.NoError(t, err)
	require.IsType(t, &Conn{}, conn)
	require.NoError(t, conn.Close())

	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = c.Connect(done)
	require.ErrorIs(t, err, context.Canceled)
}

// Whatever a program can call on the inner connection it can call on ours.
func TestNoMethodIsLost(t *testing.T) {
	raw(t, open(t, ""), func(c *Conn) {
		inner, ours := reflect.TypeOf(c.Unwrap()), reflect.TypeOf(c)
		for i := range inner.NumMethod() {
			m := inner.Method(i)
			if m.Name == "Lock" || m.Name == "Unlock" || m.Name == "TryLock" {
				continue // the inner connection's own mutex, embedded
			}
			o, ok := ours.MethodByName(m.Name)
			require.True(t, ok, m.Name)
			require.Equal(t, withoutReceiver(m.Type), withoutReceiver(o.Type), m.Name)
		}
	})
}

func withoutReceiver(f reflect.Type) string {
	in := []string{}
	for i := 1; i < f.NumIn(); i++ {
		in = append(in, f.In(i).String())
	}
	for i := range f.NumOut() {
		in = append(in, f.Out(i).String())
	}
	return strings.Join(in, ", ")
}

func raw(t testing.TB, db *sql.DB, f func(c *Conn)) {
	t.Helper()
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Raw(func(dc any) error {
		f(dc.(*Conn))
		return nil
	}))
}

func TestHooks(t *testing.T) {
	db := open(t, "")
	db.SetMaxOpenConns(1)
	run(t, db, "CREATE TABLE t(a)")
	var changed []string
	commits, rollbacks := 0, 0
	raw(t, db, func(c *Conn) {
		h := any(c).(sqlite.HookRegisterer)
		h.RegisterPreUpdateHook(func(d sqlite.SQLitePreUpdateData) { changed = append(changed, d.TableName) })
		h.RegisterCommitHook(func() int32 { commits++; return 0 })
		h.RegisterRollbackHook(func() { rollbacks++ })
	})
	run(t, db, "INSERT INTO t VALUES(1)")
	run(t, db, "BEGIN; INSERT INTO t VALUES(2); ROLLBACK")
	require.Equal(t, []string{"t", "t"}, changed)
	require.Equal(t, []int{1, 1}, []int{commits, rollbacks})

	denied := false
	raw(t, db, func(c *Conn) {
		err := any(c).(sqlite.AuthorizerRegisterer).RegisterAuthorizer(func(sqlite.AuthorizerActionCode, string, string, string, string) sqlite.AuthorizerReturnCode {
			denied = true
			return sqlite.AuthorizerDeny
		})
		require.NoError(t, err)
	})
	_, err := db.Exec("SELECT a FROM t")
	require.ErrorContains(t, err, "not authorized")
	require.True(t, denied)
	raw(t, db, func(c *Conn) { require.NoError(t, c.RegisterAuthorizer(nil)) })
	run(t, db, "SELECT a FROM t")
}

func TestCopies(t *testing.T) {
	db := open(t, "")
	run(t, db, "CREATE TABLE t(a); INSERT INTO t VALUES(1), (2)")
	file := filepath.Join(t.TempDir(), "copy.db")
	var image []byte
	raw(t, db, func(c *Conn) {
		b, err := c.NewBackup(file)
		require.NoError(t, err)
		more, err := b.Step(-1)
		require.NoError(t, err)
		require.False(t, more)
		require.NoError(t, b.Finish())
		image, err = c.Serialize()
		require.NoError(t, err)
	})
	require.Equal(t, [][]any{{int64(2)}}, ask(t, openFile(t, file), "SELECT count(*) FROM t"))

	memory := openFile(t, ":memory:")
	memory.SetMaxOpenConns(1)
	raw(t, memory, func(c *Conn) { require.NoError(t, c.Deserialize(image)) })
	require.Equal(t, [][]any{{int64(2)}}, ask(t, memory, "SELECT count(*) FROM t"))

	restored := open(t, "")
	raw(t, restored, func(c *Conn) {
		b, err := c.NewRestore(file)
		require.NoError(t, err)
		_, err = b.Step(-1)
		require.NoError(t, err)
		require.NoError(t, b.Finish())
	})
	require.Equal(t, [][]any{{int64(2)}}, ask(t, restored, "SELECT count(*) FROM t"))
}

func TestSmallExtras(t *testing.T) {
	db := open(t, "")
	run(t, db, "CREATE TABLE t(a INTEGER, d DATETIME)")
	raw(t, db, func(c *Conn) {
		info, err := c.ColumnInfo("SELECT d AS x FROM t")
		require.NoError(t, err)
		require.Equal(t, []sqlite.ColumnInfo{{Name: "x", DeclType: "DATETIME", DatabaseName: "main", TableName: "t", OriginName: "d"}}, info)
		ro, err := c.IsReadOnly("main")
		require.NoError(t, err)
		require.False(t, ro)
		_, err = any(c).(sqlite.FileControl).FileControlDataVersion("main")
		require.NoError(t, err)
		_, _, err = any(c).(sqlite.DBStatus).Status(sqlite.DBStatusCacheUsed, false)
		require.NoError(t, err)
	})
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	defer c.Close()
	was, err := Limit(c, lib.SQLITE_LIMIT_SQL_LENGTH, 100)
	require.NoError(t, err)
	require.Greater(t, was, 100)
	is, err := Limit(c, lib.SQLITE_LIMIT_SQL_LENGTH, -1)
	require.NoError(t, err)
	require.Equal(t, 100, is)
	_, err = c.ExecContext(context.Background(), "SELECT '"+strings.Repeat("x", 200)+"'")
	require.ErrorContains(t, err, "too big")
	run(t, c, "SELECT 1")
}

func TestResultsAndTypesOfTheInnerDriver(t *testing.T) {
	db := open(t, "")
	r := run(t, db, "CREATE TABLE t(id INTEGER PRIMARY KEY, d DATETIME, f REAL, x); INSERT INTO t VALUES(NULL, ?, 1.5, 'a'), (NULL, NULL, 2, x'00')",
		"2024-05-06 07:08:09")
	id, err := r.LastInsertId()
	require.NoError(t, err)
	n, err := r.RowsAffected()
	require.NoError(t, err)
	require.Equal(t, []int64{2, 2}, []int64{id, n})

	rows, err := db.Query("SELECT * FROM t")
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	var names []string
	for _, c := range types {
		names = append(names, c.DatabaseTypeName()+" "+c.ScanType().String())
	}
	require.Equal(t, []string{"INTEGER int64", "DATETIME string", "REAL float64", " string"}, names)
	var at time.Time
	var rest any
	require.NoError(t, rows.Scan(&rest, &at, &rest, &rest))
	require.Equal(t, time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), at)

	var se *sqlite.Error
	_, err = db.Exec("INSERT INTO t(id) VALUES(1)")
	require.ErrorAs(t, err, &se)
	require.Equal(t, lib.SQLITE_CONSTRAINT_PRIMARYKEY, se.Code())
}
