// Package dbsp is the ground floor of sqlite-mv: values, Z-sets, the incremental operators over them, and the circuit
// that joins operators. It follows Budiu, McSherry, Ryzhyk and Tannen, "DBSP: Automatic Incremental View Maintenance
// for Rich Query Languages" (VLDB 2023). It knows no SQL and no SQLite: expressions come in as an Evaluator, state goes
// out through a Store.
package dbsp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Kind is the storage class of a Value, in SQLite's sort order of classes (numbers are one class for sorting).
type Kind uint8

// The storage classes of https://www.sqlite.org/datatype3.html, section 2.
const (
	Null Kind = iota
	Integer
	Real
	Text
	Blob
)

// String returns the name that SQLite's typeof() gives the class.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Integer:
		return "integer"
	case Real:
		return "real"
	case Text:
		return "text"
	case Blob:
		return "blob"
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// Value is one SQL value. The zero Value is NULL. Values are immutable; text and blob bytes are shared, not copied, so
// whoever builds one from a buffer that will be reused copies first. Two Values are identical (==) when type and bytes
// are: 1 and 1.0 differ, and so do 0.0 and -0.0. Equality as SQL sees it is that of AppendKey's encodings.
type Value struct {
	str  string
	num  uint64
	kind Kind
}

// NewInteger returns the INTEGER i.
func NewInteger(i int64) Value { return Value{kind: Integer, num: uint64(i)} }

// NewReal returns the REAL f. SQLite has no NaN: it becomes NULL, as sqlite3_result_double does.
func NewReal(f float64) Value {
	if f != f {
		return Value{}
	}
	return Value{kind: Real, num: math.Float64bits(f)}
}

// NewText returns the TEXT s, UTF-8 as SQLite stores it, not checked for validity.
func NewText(s string) Value { return Value{kind: Text, str: s} }

// NewBlob returns the BLOB with the bytes of s.
func NewBlob(s string) Value { return Value{kind: Blob, str: s} }

// Kind returns the storage class.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// Int returns the value of an INTEGER, and nonsense for any other class.
func (v Value) Int() int64 { return int64(v.num) }

// Real returns the value of a REAL, and nonsense for any other class.
func (v Value) Real() float64 { return math.Float64frombits(v.num) }

// Str returns the bytes of a TEXT or BLOB, "" for any other class.
func (v Value) Str() string { return v.str }

// Clone returns v with bytes of its own.
func (v Value) Clone() Value {
	v.str = strings.Clone(v.str)
	return v
}

// String returns v as a SQL literal, for messages and tests.
func (v Value) String() string {
	switch v.kind {
	case Integer:
		return strconv.FormatInt(v.Int(), 10)
	case Real:
		f := v.Real()
		switch {
		case math.IsInf(f, 1):
			return "9e999"
		case math.IsInf(f, -1):
			return "-9e999"
		}
		s := strconv.FormatFloat(f, 'g', -1, 64)
		for _, c := range s {
			if c == '.' || c == 'e' {
				return s
			}
		}
		return s + ".0"
	case Text:
		return "'" + v.str + "'"
	case Blob:
		return fmt.Sprintf("x'%x'", v.str)
	}
	return "NULL"
}

// Row is a tuple of values. Rows in a Batch are not changed after they were handed on.
type Row []Value
