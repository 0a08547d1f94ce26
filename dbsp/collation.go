package dbsp

// Collation is one of SQLite's built-in collating sequences, https://www.sqlite.org/datatype3.html section 7. Others
// are refused by the planner.
type Collation uint8

// The built-in collations.
const (
	Binary Collation = iota
	NoCase           // ASCII letters fold
	RTrim            // trailing spaces do not count
)

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
