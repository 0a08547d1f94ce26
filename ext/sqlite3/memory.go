package sqlite3

// MemoryOpener is a Conn that can open a database of its own beside itself.
type MemoryOpener interface {
	// WithMemory calls use with a new connection of the same SQLite to an empty in-memory database, and closes it. The new
	// connection is no part of this one's transaction. Statements prepared on it must be finalized when use returns.
	WithMemory(use func(c Conn) error) error
}
