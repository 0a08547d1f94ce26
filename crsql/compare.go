package crsql

import (
	"cmp"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// ranks orders the classes of values: NULL < BLOB < TEXT < REAL < INTEGER.
var ranks = [...]int{dbsp.Null: 0, dbsp.Blob: 1, dbsp.Text: 2, dbsp.Real: 3, dbsp.Integer: 4}

// compareValues orders values as peers do to break ties and to tell whether an UPDATE changed one: first by class, so that
// 1 is more than 2.5, then within it, by bytes where there are any.
func compareValues(a, b dbsp.Value) int {
	if d := ranks[a.Kind()] - ranks[b.Kind()]; d != 0 {
		return d
	}
	switch a.Kind() {
	case dbsp.Integer:
		return cmp.Compare(a.Int(), b.Int())
	case dbsp.Real:
		return cmp.Compare(a.Real(), b.Real())
	case dbsp.Text, dbsp.Blob:
		return cmp.Compare(a.Str(), b.Str())
	}
	return 0
}
