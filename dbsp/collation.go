package dbsp

import "strings"

// Collation is one of SQLite's built-in collating sequences, https://www.sqlite.org/datatype3.html section 7. Others
// are refused by the planner.
type Collation uint8

// The built-in collations.
const (
	Binary Collation = iota
	NoCase           // ASCII letters fold
	RTrim            // trailing spaces do not count
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
	}
	return "BINARY"
}
