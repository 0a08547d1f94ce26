package dbsp

import "strings"

// Collation is one of SQLite's built-in collating sequences, https://www.sqlite.org/datatype3.html section 7, or
// Identity. Others are refused by the planner.
type Collation uint8

// The built-in collations.
const (
	Binary Collation = iota
	NoCase           // ASCII letters fold
	RTrim            // trailing spaces do not count
	// Identity is no collation of SQLite's: values are equal when they have the same type and bytes, so 1 and 1.0 differ,
	// and NULL is NULL. It is for columns that stand for the rows they come from.
	Identity
)

// CollationNamed returns the collation of a SQL name, in any case; "" is Binary. It reports false for other names.
func CollationNamed(name string) (Collation, bool) {
	switch strings.ToUpper(name) {
	case "", "BINARY":
		return Binary, true
	case "NOCASE":
		return NoCase, true
	case "RTRIM":
		return RTrim, true
	}
	return Binary, false
}

// String returns the collation's SQL name.
func (c Collation) String() string {
	switch c {
	case NoCase:
		return "NOCASE"
	case RTrim:
		return "RTRIM"
	case Identity:
		return "IDENTITY"
	}
	return "BINARY"
}
