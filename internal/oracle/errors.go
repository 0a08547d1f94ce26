package oracle

import (
	"errors"
	"strings"
)

// ErrBusy means that a view could not be read because another connection holds a lock: nothing was checked.
var ErrBusy = errors.New("oracle: database is locked")

// Mismatch is the error of a view that does not show what its SELECT returns.
type Mismatch struct {
	View   string
	Kind   string // "rows", "representative", "error", "columns", "catalog"
	Report string // readable, several lines
}

// Error returns the report.
func (m *Mismatch) Error() string {
	return "oracle: view " + m.View + " (" + m.Kind + "): " + m.Report
}

// locked reports whether err is SQLITE_BUSY or SQLITE_LOCKED.
func locked(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "database is locked") ||
		strings.Contains(err.Error(), "table is locked"))
}
