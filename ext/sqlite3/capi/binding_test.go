//go:build cgo

package capi

import (
	"errors"
	"testing"

	mattn "github.com/mattn/go-sqlite3"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3/bindingtest"
)

// subject is this binding over the SQLite of github.com/mattn/go-sqlite3.
var subject = &bindingtest.Subject{
	Binding: Linked,
	Driver:  "sqlite3",
	Code: func(err error) int {
		var e mattn.Error
		if !errors.As(err, &e) {
			return 0
		}
		return int(e.ExtendedCode)
	},
	Handles: func() [5]int {
		return [5]int{modules.InUse(), vtabs.InUse(), cursors.InUse(), functions.InUse(), aggregates.InUse()}
	},
	LastHandles: func() [5]uint32 {
		return [5]uint32{modules.Last(), vtabs.Last(), cursors.Last(), functions.Last(), aggregates.Last()}
	},
}

func TestBinding(t *testing.T) { bindingtest.Run(t, subject) }

func BenchmarkBinding(b *testing.B) { bindingtest.Bench(b, subject) }
