package driver

import "errors"

// Sentinels for errors.Is. The messages of the errors that wrap them name the view and, where there is one, the cure.
var (
	// ErrNoSuchView is returned by statements on a materialized view that does not exist in the schema where SQLite
	// would look for a table of this name.
	ErrNoSuchView = errors.New("sqlite-mv: no such materialized view")
	// ErrIndexOnView is returned for a CREATE INDEX on a materialized view that is more than a list of columns.
	ErrIndexOnView = errors.New("sqlite-mv: cannot create this index on a materialized view")
	// ErrSyntax is returned for a statement on a materialized view that can't be read.
	ErrSyntax = errors.New("sqlite-mv: cannot read the statement")
)
