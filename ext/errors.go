package ext

import (
	"errors"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

var (
	// ErrStale is wrapped when a view can't be trusted until REFRESH MATERIALIZED VIEW: a base table was dropped or
	// changed, or something wrote past the capture.
	ErrStale = errors.New("stale")
	// ErrNoView is wrapped by mv_explain and mv_check when a name is not that of a materialized view.
	ErrNoView = errors.New("no such materialized view")
	// ErrReadOnlyView is wrapped when a statement writes to a view.
	ErrReadOnlyView = errors.New("cannot modify")
	// ErrFormat is wrapped when a view's state was written by another version.
	ErrFormat = errors.New("state has another format")
	// ErrDamaged is wrapped when state or catalog can't be what this engine wrote.
	ErrDamaged = errors.New("state is damaged")
)

// errRecompute says that the changes so far can't be stepped while a write statement runs, because triggers of the user's
// may have kept some from being captured: a reader is served from the view's SELECT instead.
var errRecompute = errors.New("ext: the view has to be recomputed")

// isData tells whether err is about the values or functions that an expression met, rather than about the database:
// such an error belongs to the view, not to the statement that is committing.
func isData(err error) bool {
	var se *sqlite3.Error
	if !errors.As(err, &se) {
		return false
	}
	switch se.Code & 0xff {
	case sqlite3.CodeError, 18 /* TOOBIG */, 19 /* CONSTRAINT */, 20 /* MISMATCH */, 23 /* AUTH */ :
		return true
	}
	return false
}

// isDatabase tells whether err is the database's own trouble (I/O, full disk, lock, interrupt, out of memory), which must
// fail the statement and can't be charged to a view.
func isDatabase(err error) bool {
	var se *sqlite3.Error
	return errors.As(err, &se) && !isData(err)
}

// isCode tells whether err is SQLite's with that primary result code.
func isCode(err error, code int) bool {
	var se *sqlite3.Error
	return errors.As(err, &se) && se.Code&0xff == code
}
