package dbsp

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

var collations = []Collation{Binary, NoCase, RTrim}

// edgeNumbers are where integers and reals come close to each other, and where encodings change their length.
func edgeNumbers() []Value {
	var out []Value
	for _, i := range []int64{0, 1, 127, 128, 255, 256, 65535, 65536, 1<<31 - 1, 1 << 53, 1<<53 + 1, 1 << 62, 1<<63 - 1} {
		out = append(out, NewInteger(i), NewInteger(-i), NewReal(float64(i)), NewReal(-float64(i)))
	}
	out = append(out, NewInteger(math.MinInt64), NewInteger(math.MaxInt64-1), NewInteger(math.MaxInt64-512))
	for _, f := range []float64{
		0, 0.1, 0.5, 1.5, 255.5, 1e-300, math.SmallestNonzeroFloat64, 0x1p-1022, 1 - 0x1p-53, 1 + 0x1p-52, 1<<53 - 0.5,
		1 << 63, 1<<63 - 1024, 1<<63 + 2048, 1 << 64, 1<<64 - 2048, 1<<64 + 4096, math.MaxFloat64, math.Inf(1),
	} {
		out = append(out, NewReal(f), NewReal(-f), NewReal(math.Copysign(f, -1)))
	}
	return out
}

// genText draws short texts of the bytes that collations and the encoding treat differently.
func genText() *rapid.Generator[string] {
	letter := rapid.SampledFrom([]byte("aAbBzZ@[`{  \x00\x00\x01\x02\x03\x7f\x80\xff\xc3\xa9"))
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(letter, 0, 6), func(b []byte) string { return string(b) }),
		rapid.String(),
		rapid.Map(rapid.IntRange(0, 300), func(n int) string { return strings.Repeat("x", n) }),
	)
}

func genValue() *rapid.Generator[Value] {
	return rapid.OneOf(
		rapid.Just(Value{}),
		rapid.SampledFrom(edgeNumbers()),
		rapid.Map(rapid.Int64(), NewInteger),
		rapid.Map(rapid.Int64Range(-3, 3), NewInteger),
		rapid.Map(rapid.Int64(), func(i int64) Value { return NewReal(float64(i)) }),
		rapid.Map(genFloat(), NewReal),
		rapid.Map(genText(), NewText),
		rapid.Map(genText(), NewText),
		rapid.Map(genText(), NewText),
		rapid.Map(genText(), NewBlob),
	)
}

// argument returns v as database/sql takes it.
func argument(v Value) any {
	switch v.Kind() {
	case Integer:
		return v.Int()
	case Real:
		return v.Real()
	case Text:
		return v.Str()
	case Blob:
		return []byte(v.Str())
	}
	return nil
}

// sqliteTable holds values in a SQLite table, x by id, without affinity.
type sqliteTable struct {
	db *sql.DB
}

func openSQLite(t testing.TB) *sqliteTable {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.Exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)")
	require.NoError(t, err)
	return &sqliteTable{db}
}

func (s *sqliteTable) fill(t require.TestingT, values []Value) {
	_, err := s.db.Exec("DELETE FROM t")
	require.NoError(t, err)
	for id, v := range values {
		_, err := s.db.Exec("INSERT INTO t VALUES(?, ?)", id, argument(v))
		require.NoError(t, err)
		var kind string
		var size int
		require.NoError(t, s.db.QueryRow("SELECT typeof(x), ifnull(octet_length(x), 0) FROM t WHERE id = ?", id).Scan(&kind, &size))
		require.Equal(t, v.Kind().String(), kind)
		if v.Kind() >= Text {
			require.Equal(t, len(v.Str()), size, "SQLite got all bytes")
		}
	}
}

// query calls visit with the integers of each row.
func (s *sqliteTable) query(t require.TestingT, text string, columns int, visit func(row []int)) {
	rows, err := s.db.Query(text)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	row := make([]int, columns)
	into := make([]any, columns)
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		require.NoError(t, rows.Scan(into...))
		visit(row)
	}
	require.NoError(t, rows.Err())
}

// requireSQLiteOrder checks that the encodings of values are equal and ordered as SQLite says.
func requireSQLiteOrder(t require.TestingT, s *sqliteTable, values []Value) {
	s.fill(t, values)
	for _, c := range collations {
		keys := make([]string, len(values))
		for i, v := range values {
			keys[i] = string(AppendKey(nil, v, c))
		}
		distinct := slices.Clone(keys)
		slices.Sort(distinct)
		distinct = slices.Compact(distinct)
		text := fmt.Sprintf("SELECT id, dense_rank() OVER (ORDER BY x COLLATE %s) - 1 FROM t", c)
		s.query(t, text, 2, func(row []int) {
			at, _ := slices.BinarySearch(distinct, keys[row[0]])
			require.Equal(t, row[1], at, "%v sorts elsewhere under %v", values[row[0]], c)
		})
		text = fmt.Sprintf("SELECT a.id, b.id, ifnull(a.x < b.x COLLATE %[1]s, -1), a.x IS b.x COLLATE %[1]s FROM t a, t b", c)
		s.query(t, text, 4, func(row []int) {
			a, b := row[0], row[1]
			if row[2] >= 0 {
				require.Equal(t, row[2] == 1, keys[a] < keys[b], "%v < %v under %v", values[a], values[b], c)
			}
			require.Equal(t, row[3] == 1, keys[a] == keys[b], "%v = %v under %v", values[a], values[b], c)
		})
		groups := 0
		s.query(t, fmt.Sprintf("SELECT count(*) FROM t GROUP BY x COLLATE %s", c), 1, func([]int) { groups++ })
		require.Equal(t, groups, len(distinct), "groups under %v", c)
	}
}

func TestKeysOrderAsSQLiteOrders(t *testing.T) {
	s := openSQLite(t)
	values := edgeNumbers()
	texts := []string{
		"", " ", "  ", "a", "A", "a ", "A  ", "b", "B", "a\x00b", "A\x00C", "A\x00CC", "a\x00", "a\x00\x00", "a\x01", "a\x02", "\x00",
		"\x00\x00", "\x00 ", "\x01", "\x00\x01", "\x01\x00", " \x00", "a\x00 ", "a\x00B", "[", "@", "`", "{", "Z", "z", "é", "É", "\xff",
		"\xff\xff", "\xfe", "a\xff", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	}
	for _, text := range texts {
		values = append(values, NewText(text), NewBlob(text))
	}
	requireSQLiteOrder(t, s, append(values, Value{}, Value{}))
	rapid.Check(t, func(t *rapid.T) {
		requireSQLiteOrder(t, s, rapid.SliceOfN(genValue(), 1, 25).Draw(t, "values"))
	})
}

// Composite keys order by their first difference, and can be taken apart.
func TestKeysJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(collations).Draw(t, "collation")
		draw := func(label string) (joined string, parts []string) {
			for _, v := range rapid.SliceOfN(genValue(), 0, 4).Draw(t, label) {
				parts = append(parts, string(AppendKey(nil, v, c)))
				joined = string(AppendKey([]byte(joined), v, c))
			}
			require.Equal(t, joined, strings.Join(parts, ""))
			return joined, parts
		}
		a, aParts := draw("a")
		b, bParts := draw("b")
		require.Equal(t, slices.Compare(aParts, bParts), strings.Compare(a, b))
		for _, part := range aParts {
			n, err := DecodeKeyEnd(a)
			require.NoError(t, err)
			require.Equal(t, part, a[:n])
			for i := range n {
				_, err := DecodeKeyEnd(a[:i])
				require.ErrorIs(t, err, ErrCorrupt, "a key does not begin another")
			}
			a = a[n:]
		}
		require.Empty(t, a)
	})
}

func TestKeyForms(t *testing.T) {
	for _, c := range []struct {
		v    Value
		c    Collation
		want string
	}{
		{Value{}, Binary, "05"},
		{NewInteger(0), Binary, "1a00"},
		{NewReal(math.Copysign(0, -1)), Binary, "1a00"},
		{NewInteger(1), Binary, "1b0100"},
		{NewInteger(-1), Binary, "18feff"},
		{NewInteger(300), Binary, "1c012c00"},
		{NewReal(1.5), Binary, "1b0140e0000000000000"},
		{NewReal(-0.5), Binary, "19bf1fffffffffffff"},
		{NewReal(math.Inf(1)), Binary, "237ff0000000000000"},
		{NewReal(math.Inf(-1)), Binary, "10800fffffffffffff"},
		{NewInteger(math.MinInt64), Binary, "117fffffffffffffffff"},
		{NewText("aB "), Binary, "3061422000"},
		{NewText("aB "), NoCase, "3061622000"},
		{NewText("aB "), RTrim, "30614200"},
		{NewText("\x00\x01"), Binary, "300101010200"},
		{NewText("\x01\x00B"), NoCase, "30010201000000000000000003"},
		{NewBlob("\x00"), NoCase, "38010100"},
	} {
		require.Equal(t, c.want, fmt.Sprintf("%x", AppendKey(nil, c.v, c.c)), "%v: the stored form must not change", c.v)
	}
}

func TestAppendKeyUpper(t *testing.T) {
	require.Nil(t, AppendKeyUpper(nil, nil))
	require.Nil(t, AppendKeyUpper([]byte("x"), []byte{0xff, 0xff}))
	require.Equal(t, []byte("xb"), AppendKeyUpper([]byte("x"), []byte("a")))
	require.Equal(t, []byte{1}, AppendKeyUpper(nil, []byte{0, 0xff, 0xff}))
	rapid.Check(t, func(t *rapid.T) {
		letter := rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff})
		prefix := rapid.SliceOfN(letter, 0, 4).Draw(t, "prefix")
		kept := bytes.Clone(prefix)
		kind := rapid.SliceOfN(letter, 0, 2)
		s := slices.Concat(prefix[:rapid.IntRange(0, len(prefix)).Draw(t, "shared")], kind.Draw(t, "then"))
		upper := AppendKeyUpper(nil, prefix)
		require.Equal(t, kept, prefix)
		below := upper == nil || bytes.Compare(s, upper) < 0
		require.Equal(t, bytes.HasPrefix(s, prefix), below && bytes.Compare(s, prefix) >= 0)
	})
}

func FuzzDecodeKeyEnd(f *testing.F) {
	for _, v := range append(edgeNumbers(), Value{}, NewText("a\x00\x01b"), NewBlob("")) {
		f.Add(string(AppendKey(nil, v, Binary)))
		f.Add(string(AppendKey(nil, v, NoCase)))
	}
	f.Fuzz(func(t *testing.T, b string) {
		n, err := DecodeKeyEnd(b)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.Positive(t, n)
		require.LessOrEqual(t, n, len(b))
		again, err := DecodeKeyEnd(b[:n])
		require.NoError(t, err)
		require.Equal(t, n, again)
	})
}

// FuzzKeyOrder compares the encodings of two values with what SQLite says of them.
func FuzzKeyOrder(f *testing.F) {
	s := openSQLite(f)
	f.Add("a\x00b", "A\x00C", int64(1<<53+1), float64(1<<53), uint8(0))
	f.Add("a ", "a", int64(-1), -0.5, uint8(1))
	f.Add("", "\x00", int64(math.MaxInt64), float64(1<<63), uint8(2))
	f.Fuzz(func(t *testing.T, a, b string, i int64, r float64, kinds uint8) {
		texts := []Value{NewText(a), NewText(b)}
		if kinds&1 != 0 {
			texts = append(texts, NewBlob(a), NewBlob(b))
		}
		if kinds&2 != 0 {
			texts = append(texts, NewInteger(i), NewReal(r), NewReal(float64(i)), Value{})
		}
		requireSQLiteOrder(t, s, texts)
	})
}

func BenchmarkAppendKey(b *testing.B) {
	for _, v := range []Value{NewInteger(12345), NewReal(123.45), NewText("customer#000012345"), NewText(strings.Repeat("long", 50))} {
		for _, c := range collations[:2] {
			b.Run(fmt.Sprintf("%v%d/%v", v.Kind(), len(v.Str()), c), func(b *testing.B) {
				var buf []byte
				for b.Loop() {
					buf = AppendKey(buf[:0], v, c)
				}
			})
		}
	}
}
