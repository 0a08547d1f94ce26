//go:build cgo

package simulate

import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"

func init() { drivers = append(drivers, "sqlite-mv-mattn") }
